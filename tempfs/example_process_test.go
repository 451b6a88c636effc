package tempfs_test

import (
	"fmt"
	"log"
	"os"
	"os/signal"
	"path/filepath"
	"regexp"
	"syscall"

	"github.com/aferotemp/go/tempfs"
)

func ExampleReleaseAll() {
	_, _ = tempfs.New()
	_, _ = tempfs.New(tempfs.InMemory())
	fmt.Println(tempfs.ReleaseAll(), len(tempfs.Live()))
	// Output: <nil> 0
}

// A program that has a handler of its own does there what it always does, and releases.
func ExampleReleaseAll_handler() {
	_ = func() {
		signals := make(chan os.Signal, 1)
		signal.Notify(signals, os.Interrupt, syscall.SIGTERM)
		go func() {
			<-signals
			// Stop serving, flush, and at last:
			if err := tempfs.ReleaseAll(); err != nil {
				log.Print(err)
			}
			os.Exit(1)
		}()
	}
	// Output:
}

func ExampleExit() {
	_ = func() {
		fsys, err := tempfs.New()
		if err != nil {
			log.Print(err) // and not log.Fatal, which would leave every other Fs
			tempfs.Exit(1)
		}
		defer fsys.Release() // Exit does not run it, and need not

		if err := fsys.Mkdir("work", 0o700); err != nil {
			tempfs.Exit(2)
		}
	}
	// Output:
}

func ExampleReleaseOnSignal() {
	_ = func() { // main
		stop := tempfs.ReleaseOnSignal() // SIGINT, SIGTERM, SIGHUP: release all, then die of the signal
		defer stop()

		fsys, err := tempfs.New()
		if err != nil {
			log.Print(err)
			return
		}
		defer fsys.Release()
		_ = fsys.Mkdir("work", 0o700)
	}
	// Output:
}

func ExampleOnLeak() {
	fsys, _ := tempfs.New(tempfs.OnLeak(func(l tempfs.Leak) {
		place := regexp.MustCompile(`\d+$`).ReplaceAllString(filepath.Base(l.Origin), "N")
		fmt.Printf("%s is open in the Fs of %s\n", l.File, place)
	}))
	_, _ = fsys.Create("/log")
	_ = fsys.Release()
	// Output: /log is open in the Fs of example_process_test.go:N
}
