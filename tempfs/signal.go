package tempfs

import (
	"os"
	"os/signal"
	"sync"
)

// ReleaseOnSignal makes the process call [ReleaseAll] when one of the signals comes, and then die of that signal: whoever started it sees the
// same end as without. A second signal, while trees are deleted, kills at once. Nobody has to call it; a process that does not dies of a
// signal as ever and leaves its trees.
//
// Without arguments the signals are SIGINT, SIGTERM and SIGHUP on Unix, and os.Interrupt and SIGTERM elsewhere. One that is ignored when
// ReleaseOnSignal is called stays ignored, SIGHUP under nohup(1) say. The first process of a container cannot die of a signal, see
// pid_namespaces(7), nor does a Go program die of SIGUSR1 and others that package os/signal names: it
// exits with 128 + the signal's number, which a shell would report.
//
// stop gives the signals back and waits for nothing; what came before still ends the process. It may be called again. Any number of calls may be
// in force at once.
//
// A program with a handler of its own calls ReleaseAll there and does not need this: its handler would still be called, and the process would
// end under it.
func ReleaseOnSignal(sigs ...os.Signal) (stop func()) {
	if len(sigs) == 0 {
		sigs = endingSignals
	}
	var mine []*watch
	for _, sig := range sigs {
		if !signal.Ignored(sig) {
			mine = append(mine, watches.begin(sig))
		}
	}
	return sync.OnceFunc(func() {
		for _, w := range mine {
			watches.end(w)
		}
	})
}

// watches are the signals that release, one watch for each however often it was asked for: a signal that came once is then told once, and
// the second that is told is the second.
var watches = watching{bySignal: map[os.Signal]*watch{}}

type watching struct {
	mu       sync.Mutex
	bySignal map[os.Signal]*watch // guarded by mu

	first sync.Mutex // locked by the first signal of the process, for ever
}

type watch struct {
	sig      os.Signal
	users    int // guarded by watching.mu
	received chan os.Signal
}

func (s *watching) begin(sig os.Signal) *watch {
	s.mu.Lock()
	defer s.mu.Unlock()
	w := s.bySignal[sig]
	if w == nil {
		// Room for two: the one that releases, and the one that does not wait for it.
		w = &watch{sig: sig, received: make(chan os.Signal, 2)}
		s.bySignal[sig] = w
		signal.Notify(w.received, sig)
		go s.run(w)
	}
	w.users++
	return w
}

func (s *watching) end(w *watch) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if w.users--; w.users > 0 {
		return
	}
	delete(s.bySignal, w.sig)
	signal.Stop(w.received) // nothing is sent to it from here on
	close(w.received)
}

func (s *watching) run(w *watch) {
	for range w.received {
		s.obey(w.sig)
	}
}

// obey does not wait for the release that it begins, so that a second signal is heard.
func (s *watching) obey(sig os.Signal) {
	if !s.first.TryLock() {
		dieOf(sig)
	}
	go func() {
		_ = ReleaseAll() // there is nobody left to tell
		dieOf(sig)
	}()
}
