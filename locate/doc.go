// Package locate finds the directory in which temporary files may be made, as Python's tempfile does.
//
// [Dir] remembers the answer, [Search] does not: it takes demands, and tells what it passed over and why. [Candidates] is the order alone, for any
// operating system on any machine.
//
// # Order
//
// First come the directories that $TMPDIR, $TEMP and $TMP name, where an empty variable counts as unset; then a list that depends on the
// operating system; last the working directory, unless [Options.NoCwd] is set or it cannot be told. The list is
// /tmp, /var/tmp, /usr/tmp everywhere but on Windows, where it is
//
//	%SYSTEMTEMP%, else %SYSTEMROOT%\SystemTemp   for a process of the account SYSTEM only
//	%LOCALAPPDATA%\Temp                          unless it is the next one
//	%USERPROFILE%\AppData\Local\Temp             %HOMEDRIVE%%HOMEPATH% stands in for %USERPROFILE%
//	%SYSTEMROOT%\Temp
//	c:\temp, c:\tmp, \temp, \tmp
//
// The first two lines stand for GetTempPath2, the others are CPython's. GetTempPath2 gives SYSTEM a directory that no other account can
// reach; that a process is SYSTEM's shows in its profile, config\systemprofile. To other accounts it gives %TMP%,
// else %TEMP%, which have been tried before; where a stripped environment has neither, %LOCALAPPDATA%\Temp is what Windows sets
// both to. What GetTempPath2 then falls back to is left out: the profile and the Windows directory
// themselves are no places for temporary files. A line whose variable is unset is left out too: an unreplaced "~" or
// "%SYSTEMROOT%", which CPython tries, is a name in the working directory.
//
// # Proof
//
// The first candidate wins in which a file can be made, written, closed and deleted. Nothing less will do: on a full disk a
// directory can still be made, and on a read-only one the permissions may allow everything. On Linux the file has no name (O_TMPFILE, see
// open(2)), so that even a process killed in the search leaves nothing. Elsewhere, and on filesystems without
// such files, it has a random name of 8 characters, and is deleted whichever step fails.
//
// # Results
//
// A result is absolute and cleaned by its letters, as [path/filepath.Abs] does it. Symbolic links are not resolved, and the case of
// letters is kept. CPython differs: it returns "." as it is, and takes "." for a working directory that is gone.
package locate
