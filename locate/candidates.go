package locate

import (
	"os"
	"runtime"
	"strings"
)

// Sources of the candidates that no variable names.
const (
	SourceSystem = "system"            // the list of the operating system
	SourceCwd    = "working directory" // the last resort
)

// Candidate is a directory to try, as written: it may be relative, not clean and missing.
type Candidate struct {
	Dir    string
	Source string // the variable's name, SourceSystem or SourceCwd
}

// Options are the circumstances of a search. The zero value is the process as it is.
type Options struct {
	Getenv func(string) string    // nil: os.Getenv
	Getwd  func() (string, error) // nil: os.Getwd
	GOOS   string                 // "": that of the program

	NeedExec bool   // pass over filesystems that refuse to run programs (mounted noexec), where that can be known
	NoCwd    bool   // never take the working directory
	MinFree  uint64 // bytes that must be free to this user, where that can be known; 0: any
}

func (o *Options) setDefaults() {
	if o.Getenv == nil {
		o.Getenv = os.Getenv
	}
	if o.Getwd == nil {
		o.Getwd = os.Getwd
	}
	if o.GOOS == "" {
		o.GOOS = runtime.GOOS
	}
}

// Candidates lists the directories that a search tries, in its order and as written, without looking at any. It is that of
// CPython's tempfile._candidate_tempdir_list but for two things: on Windows %LOCALAPPDATA%\Temp comes
// before the list, and a working directory that cannot be told is left out, not taken for ".".
func Candidates(o Options) []Candidate {
	o.setDefaults()
	var list []Candidate
	for _, name := range []string{"TMPDIR", "TEMP", "TMP"} {
		if dir := o.Getenv(name); dir != "" {
			list = append(list, Candidate{dir, name})
		}
	}
	for _, dir := range systemDirs(o.GOOS, o.Getenv) {
		list = append(list, Candidate{dir, SourceSystem})
	}
	if o.NoCwd {
		return list
	}
	if cwd, err := o.Getwd(); err == nil && cwd != "" {
		list = append(list, Candidate{cwd, SourceCwd})
	}
	return list
}

func systemDirs(goos string, getenv func(string) string) []string {
	if goos == "windows" {
		return windowsDirs(getenv)
	}
	return []string{"/tmp", "/var/tmp", "/usr/tmp"}
}

// windowsDirs begins with the temp directory of a user whose application data is kept elsewhere than in the profile; the rest is
// Python's list.
func windowsDirs(getenv func(string) string) []string {
	profile := getenv("USERPROFILE")
	if profile == "" && getenv("HOMEPATH") != "" {
		profile = getenv("HOMEDRIVE") + getenv("HOMEPATH")
	}
	var dirs []string
	add := func(base, rest string) {
		if base != "" {
			dirs = append(dirs, strings.TrimRight(base, `\/`)+rest)
		}
	}
	add(getenv("LOCALAPPDATA"), `\Temp`)
	add(profile, `\AppData\Local\Temp`)
	add(getenv("SYSTEMROOT"), `\Temp`)
	return append(dirs, `c:\temp`, `c:\tmp`, `\temp`, `\tmp`)
}
