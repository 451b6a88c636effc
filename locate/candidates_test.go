package locate_test

import (
	"errors"
	"os"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/aferotemp/go/locate"
)

// environment is a Getenv that knows these variables alone.
type environment map[string]string

func (e environment) get(name string) string { return e[name] }

func at(dir string) func() (string, error) {
	return func() (string, error) { return dir, nil }
}

func nowhere() (string, error) { return "", errors.New("no working directory") }

func system(dirs ...string) (list []locate.Candidate) {
	for _, dir := range dirs {
		list = append(list, locate.Candidate{Dir: dir, Source: locate.SourceSystem})
	}
	return list
}

func cwd(dir string) []locate.Candidate {
	return []locate.Candidate{{Dir: dir, Source: locate.SourceCwd}}
}

func TestCandidatesOnUnix(t *testing.T) {
	list := system("/tmp", "/var/tmp", "/usr/tmp")
	env := environment{
		"TMPDIR": "a//b/../c/", "TEMP": ".", "TMP": "/Tmp",
		"USERPROFILE": "/u", "LOCALAPPDATA": "/l", "SYSTEMROOT": "/s", "SYSTEMTEMP": "/st",
	}
	variables := []locate.Candidate{{Dir: "a//b/../c/", Source: "TMPDIR"}, {Dir: ".", Source: "TEMP"}, {Dir: "/Tmp", Source: "TMP"}}
	for _, goos := range []string{"linux", "darwin", "freebsd", "js", "wasip1", "android"} {
		t.Run(goos, func(t *testing.T) {
			o := locate.Options{GOOS: goos, Getenv: env.get, Getwd: at("/home/me/./x")}
			require.Equal(t, slices.Concat(variables, list, cwd("/home/me/./x")), locate.Candidates(o))

			o.NoCwd = true
			require.Equal(t, slices.Concat(variables, list), locate.Candidates(o))

			o.NoCwd, o.Getenv = false, environment{"TMPDIR": "", "TEMP": "", "TMP": "/t"}.get // an empty one is unset
			require.Equal(t, slices.Concat([]locate.Candidate{{Dir: "/t", Source: "TMP"}}, list, cwd("/home/me/./x")), locate.Candidates(o))

			o.Getenv, o.Getwd = environment{}.get, nowhere // not "."
			require.Equal(t, list, locate.Candidates(o))
			o.Getwd = at("")
			require.Equal(t, list, locate.Candidates(o))
		})
	}
}

func TestCandidatesOnWindows(t *testing.T) {
	always := []string{`c:\temp`, `c:\tmp`, `\temp`, `\tmp`}
	for _, c := range []struct {
		name string
		env  environment
		want []string // before always
	}{
		{"as set up", environment{
			"USERPROFILE": `C:\Users\me`, "LOCALAPPDATA": `C:\Users\me\AppData\Local`, "SYSTEMROOT": `C:\Windows`,
			"HOMEDRIVE": "H:", "HOMEPATH": `\`,
		}, []string{`C:\Users\me\AppData\Local\Temp`, `C:\Windows\Temp`}},
		{"other letters, a separator", environment{
			"USERPROFILE": `C:\Users\me\`, "LOCALAPPDATA": `c:\users\ME\appdata\local\`,
		}, []string{`C:\Users\me\AppData\Local\Temp`}},
		{"application data elsewhere", environment{
			"USERPROFILE": `C:\Users\me`, "LOCALAPPDATA": `D:\Local`, "SYSTEMROOT": `C:\Windows`,
		}, []string{`D:\Local\Temp`, `C:\Users\me\AppData\Local\Temp`, `C:\Windows\Temp`}},
		{"home for a profile", environment{"HOMEDRIVE": "H:", "HOMEPATH": `\me`}, []string{`H:\me\AppData\Local\Temp`}},
		{"home without a drive", environment{"HOMEPATH": `\me`}, []string{`\me\AppData\Local\Temp`}},
		{"drive without a home", environment{"HOMEDRIVE": "H:"}, nil},
		{"SYSTEM", environment{
			"USERPROFILE": `C:\WINDOWS\system32\config\systemprofile`, "SYSTEMROOT": `C:\WINDOWS`,
			"LOCALAPPDATA": `C:\WINDOWS\system32\config\systemprofile\AppData\Local`,
		}, []string{`C:\WINDOWS\SystemTemp`, `C:\WINDOWS\system32\config\systemprofile\AppData\Local\Temp`, `C:\WINDOWS\Temp`}},
		{"SYSTEM of 32 bits, moved", environment{
			"USERPROFILE": `C:\Windows\SysWOW64\Config\SystemProfile\`, "SYSTEMROOT": `C:\Windows`, "SYSTEMTEMP": `E:\st`,
		}, []string{`E:\st`, `C:\Windows\SysWOW64\Config\SystemProfile\AppData\Local\Temp`, `C:\Windows\Temp`}},
		{
			"SYSTEMTEMP is not for others",
			environment{"USERPROFILE": `C:\Users\me`, "SYSTEMTEMP": `E:\st`},
			[]string{`C:\Users\me\AppData\Local\Temp`},
		},
		{"nothing set", environment{}, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			want := system(append(c.want, always...)...)
			o := locate.Options{GOOS: "windows", Getenv: c.env.get, Getwd: at(`D:\work`)}
			require.Equal(t, append(want, cwd(`D:\work`)...), locate.Candidates(o))
			o.NoCwd = true
			require.Equal(t, want, locate.Candidates(o))
		})
	}
	o := locate.Options{GOOS: "windows", Getenv: environment{"TEMP": `C:\T`, "TMP": `C:\T`}.get, NoCwd: true}
	variables := []locate.Candidate{{Dir: `C:\T`, Source: "TEMP"}, {Dir: `C:\T`, Source: "TMP"}}
	require.Equal(t, append(variables, system(always...)...), locate.Candidates(o))
}

func TestCandidatesOfTheProcess(t *testing.T) {
	dir := t.TempDir()
	t.Setenv("TMPDIR", dir)
	t.Setenv("TEMP", "")
	t.Setenv("TMP", "missing")
	list := locate.Candidates(locate.Options{})
	require.Equal(t, []locate.Candidate{{Dir: dir, Source: "TMPDIR"}, {Dir: "missing", Source: "TMP"}}, list[:2])
	wd, err := os.Getwd()
	require.NoError(t, err)
	require.Equal(t, locate.Candidate{Dir: wd, Source: locate.SourceCwd}, list[len(list)-1])
	_, err = os.Stat("missing")
	require.ErrorIs(t, err, os.ErrNotExist, "a list makes nothing")
}
