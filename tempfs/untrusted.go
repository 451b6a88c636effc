package tempfs

import "io/fs"

// untrustedLimits are those of [Untrusted].
var untrustedLimits = Limits{Bytes: 1 << 30, Files: 100_000, Depth: 255}

// Untrusted is the profile for files that nobody trusts:
//
//   - [WithLimits] of 1 GiB, 100,000 files and a depth of 255;
//   - [KeepSetuid](false): no setuid, setgid or sticky bit;
//   - [OpenSpecial](false): no FIFO, socket or device is opened; an Fs makes none in any case;
//   - the search of the temp directory does not fall back on the working directory, as with [WithSearch] and NoCwd.
//
// Each of these options, given after it, loosens its part. What an Fs does anyway, to let nothing out, is no part of it. See docs/sandbox.md.
func Untrusted() Option {
	return option(func(c *config) {
		c.limits, c.dropsSetuid, c.refusesSpecial = untrustedLimits, true, true
		c.search.NoCwd = true
	})
}

// KeepSetuid says whether files and directories may have the setuid, setgid and sticky bits, which is the default. Otherwise whatever creates them, or changes their modes, drops the bits
// without a word.
func KeepSetuid(keep bool) Option { return option(func(c *config) { c.dropsSetuid = !keep }) }

// OpenSpecial says whether FIFOs, sockets and devices, which others may make in the directory of an Fs on disk, may be opened, which is the default. Otherwise opening
// one is EACCES, as on a filesystem that is mounted with nodev. Where somebody exchanges a file for one at that very moment it is opened before that is seen, and closed.
func OpenSpecial(open bool) Option { return option(func(c *config) { c.refusesSpecial = !open }) }

// modeFor is mode without the bits that the Fs keeps nobody.
func (f *Fs) modeFor(mode fs.FileMode) fs.FileMode {
	if f.dropsSetuid {
		return mode &^ specialBits
	}
	return mode
}
