package tempfs

import (
	"math/rand/v2"
	"os"
	"strings"
)

// alphabet is Python's: it survives filesystems that fold case.
const alphabet = "abcdefghijklmnopqrstuvwxyz0123456789_"

const (
	randomLen = 8 // 37^8 = 3.5e12 names
	checkLen  = 4 // a stranger's directory passes for ours 1 time in 37^4 = 1.9 million

	// maxNames bounds the names tried when each one is taken; os.MkdirTemp's number.
	maxNames = 10000
)

// rootName returns a fresh name for a root directory: prefix, random characters, check characters, suffix.
// The check tells our directories from those that only share the prefix, without a list of them anywhere. That of a directory which no
// lock protects is another one, or a sweep could take it for an orphan.
func rootName(prefix, suffix string, locked bool) string {
	random := randomChars()
	check := checkChars(prefix, random, suffix)
	if !locked {
		check = checkChars(prefix, random, suffix, "unlocked")
	}
	return prefix + random + check + suffix
}

// isRootName reports whether rootName has made name, with that prefix and under a lock. An empty suffix stands for any.
func isRootName(name []byte, prefix, suffix string) bool {
	const drawn = randomLen + checkLen
	if len(name) < len(prefix)+drawn || string(name[:len(prefix)]) != prefix {
		return false
	}
	name = name[len(prefix):]
	random, check, ending := string(name[:randomLen]), string(name[randomLen:drawn]), string(name[drawn:])
	return (suffix == "" || suffix == ending) && check == checkChars(prefix, random, ending) && isDrawn(random)
}

func isDrawn(random string) bool {
	return !strings.ContainsFunc(random, func(r rune) bool { return !strings.ContainsRune(alphabet, r) })
}

// randomChars draws from the generator of math/rand/v2, a ChaCha8 seeded by the kernel: not predictable, and
// nothing that a child process could inherit and repeat.
func randomChars() string {
	var b [randomLen]byte
	for i := range b {
		b[i] = alphabet[rand.IntN(len(alphabet))]
	}
	return string(b[:])
}

func checkChars(parts ...string) string {
	// FNV-1a of 64 bits, without the allocations of hash/fnv: a sweep computes it for each name that begins as ours.
	const offset, prime = 0xcbf29ce484222325, 0x100000001b3
	sum := uint64(offset)
	for _, s := range parts {
		for i := range len(s) {
			sum = (sum ^ uint64(s[i])) * prime
		}
		sum *= prime // for a NUL, which no affix has: ("a", "b") differs from ("ab", "")
	}
	var b [checkLen]byte
	for i := range b {
		b[i] = alphabet[sum%uint64(len(alphabet))]
		sum /= uint64(len(alphabet))
	}
	return string(b[:])
}

func isSeparator(r rune) bool { return r == '/' || r == os.PathSeparator }

// meansDirectory reports whether a part of a name has what could make the whole mean another directory (CWE-22): a separator, or a NUL,
// at which a C string ends.
func meansDirectory(s string) bool {
	return strings.ContainsFunc(s, func(r rune) bool { return r == 0 || isSeparator(r) })
}
