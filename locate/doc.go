// Package locate finds the directory in which temporary files may be made, as Python's tempfile does.
//
// The candidates are, in this order, the directories that $TMPDIR, $TEMP and $TMP name, those of a list that depends on the operating
// system, and the working directory. The first one in which a file can be made, written, closed and deleted wins:
// a directory that exists and lies on a full or read-only disk is passed over, and [Result] and
// [NotFoundError] tell why.
//
// [Dir] remembers the answer, [Search] does not. [Candidates] is the order alone, for any operating system on any machine.
package locate
