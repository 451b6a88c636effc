// Package unpack unpacks archives that nobody trusts, into any [afero.Fs].
//
//	err := unpack.Into(ctx, fsys, r)
//
// The archive may be a zip, a tar, or a tar compressed by gzip or bzip2; [Compression] and [Format] add others. All of it is unpacked, or nothing.
//
// # What is refused
//
// An archive is refused as a whole, with an [*Error] that names the entry and the rule, if it has
//
//   - a name that does not say plainly where it belongs: an absolute one, one with "..", a backslash, a drive or a NUL, an empty one, one that Windows
//     reserves (there), or one below something that is no directory of the archive: [ErrUnsafePath];
//   - a symbolic link that is absolute, or that leads out of the place of unpacking. It is followed as a kernel follows it, through the other links of the archive, and what climbs is not
//     clamped: x -> . and then y -> x/.. is refused. A hard link to anything but a regular file that the archive has before it: [ErrUnsafeLink];
//   - a device, a FIFO, a socket, or a kind that only some archiver knows: [ErrSpecial];
//   - one name twice, also in another case: [ErrDuplicate]. Only directories may come again;
//   - more than [Limits] allow, by what is really read and written: [ErrTooLarge], [ErrRatio], [ErrTooMany], [ErrTooDeep];
//   - parts that are encrypted: [ErrEncrypted];
//   - contradictions: wrong checksums, sizes that lie either way, entries of a zip that share bytes, anything behind the end: [ErrFormat]; or no end: [ErrTruncated].
//
// Options loosen what can be loosened safely: [LastWins], [CaseSensitive], [Skip], [WithLimits]. [Workers] make a zip faster.
//
// # What is made
//
// Files have the permissions of the archive without those to write of group and others, as the umask of the Fs lets them; setuid, setgid, sticky bits, owners and extended attributes are
// dropped. Times of modification are kept, except those of symbolic links. Holes of a sparse file of a tar stay holes. Hard links are copies where the Fs has none.
//
// Everything is made in a hidden directory beside its final place, with a random name and mode 0700. Links are made last, so that nothing is ever written through one. Then one name of the top
// after another is moved to where it belongs, without replacing anything: what is in the way is [fs.ErrExist], and directories that exist take in what is new. Modes of directories
// that take rights from their owner come at the very end. Whatever fails, the end of a context and a full disk too, all is removed again; what could not be removed, the error tells.
//
// # What does not hold
//
// Names that differ only by how accents are composed are one name on macOS, and are not found here: the standard library has no tables for that. There the second of them is refused by the
// disk, since files are made with O_EXCL.
//
// A zip is what its central directory says; the headers between the contents are not compared with it, as Info-ZIP does not. A program that believes these may see another archive.
//
// While the Fs is open to others, they may see a half of the archive in the moment in which it is moved to its place, and whoever may write into the hidden directory, the same user or root, can have files made elsewhere in the Fs. No name
// leads out of an Fs of package tempfs then; of an afero.OsFs it does. What others put into a directory of the archive in that moment goes with it if a later step fails.
//
// A process that is killed meanwhile leaves the hidden directory, whose name begins with ".unpack-". The times of directories that existed before change.
//
// [afero.Fs]: https://pkg.go.dev/github.com/spf13/afero#Fs
package unpack
