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

// Options are the circumstances of a search. The zero value is the process as it is, with no demands.
type Options struct {
	// Getenv reads the environment; nil is os.Getenv. It is asked for TMPDIR, TEMP and TMP, and for the list of Windows for USERPROFILE,
	// HOMEDRIVE, HOMEPATH, LOCALAPPDATA, SYSTEMROOT and SYSTEMTEMP, in these letters.
	Getenv func(string) string

	// Getwd tells the working directory, which relative candidates are relative to; nil is os.Getwd. If it fails they are
	// skipped with its error.
	Getwd func() (string, error)

	GOOS string // whose list is taken, as in runtime.GOOS; "" is that of the program

	// NeedExec passes over filesystems that are mounted noexec. Linux, macOS, FreeBSD and DragonFly BSD tell; elsewhere every
	// directory is accepted.
	NeedExec bool

	NoCwd bool // leave out the working directory; a variable may still name it

	// MinFree is the least number of bytes that must be free to a user without privileges; 0 is any. Linux, macOS, FreeBSD, DragonFly BSD
	// and Windows tell; elsewhere (js and wasip1, say) every directory is accepted. Quotas count on Windows only.
	MinFree uint64
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

// Candidates lists the directories that a search tries, in its order and as written, without looking at any. One that is named
// twice is listed twice. Of o it reads Getenv, Getwd, GOOS and NoCwd.
//
// It mirrors _candidate_tempdir_list of CPython's tempfile; the package comment tells the differences.
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

// windowsDirs is the list of CPython, with what GetTempPath2 adds to it before it; see
// https://learn.microsoft.com/windows/win32/api/fileapi/nf-fileapi-gettemppath2w.
func windowsDirs(getenv func(string) string) []string {
	profile := getenv("USERPROFILE")
	if profile == "" && getenv("HOMEPATH") != "" {
		profile = getenv("HOMEDRIVE") + getenv("HOMEPATH")
	}
	var dirs []string
	add := func(base, rest string) {
		if base != "" {
			dirs = append(dirs, trimSeparators(base)+rest)
		}
	}
	if isSystemProfile(profile) {
		if dir := getenv("SYSTEMTEMP"); dir != "" {
			dirs = append(dirs, dir)
		} else {
			add(getenv("SYSTEMROOT"), `\SystemTemp`)
		}
	}
	if local := getenv("LOCALAPPDATA"); !strings.EqualFold(trimSeparators(local), trimSeparators(profile)+`\AppData\Local`) {
		add(local, `\Temp`)
	}
	add(profile, `\AppData\Local\Temp`)
	add(getenv("SYSTEMROOT"), `\Temp`)
	return append(dirs, `c:\temp`, `c:\tmp`, `\temp`, `\tmp`)
}

// isSystemProfile tells the account SYSTEM by its profile, which is below System32, for a program of 32 bits below SysWOW64.
func isSystemProfile(dir string) bool {
	return strings.HasSuffix(strings.ToLower(trimSeparators(dir)), `\config\systemprofile`)
}

func trimSeparators(dir string) string {
	return strings.TrimRight(dir, `\/`)
}
