package unpack

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// fold is the same for names that differ only by case, as package unicode's SimpleFold sees it. Names that differ in how accents are composed, which macOS takes for one,
// stay different: the standard library has no table of these.
func fold(name string) string {
	changes := false
	for i := range len(name) {
		if c := name[i]; c >= utf8.RuneSelf || 'a' <= c && c <= 'z' {
			changes = true
			break
		}
	}
	if !changes {
		return name
	}
	var folded strings.Builder
	folded.Grow(len(name))
	for i := 0; i < len(name); {
		r, size := utf8.DecodeRuneInString(name[i:])
		if r == utf8.RuneError && size == 1 {
			folded.WriteByte(name[i])
		} else {
			folded.WriteRune(leastOfCase(r))
		}
		i += size
	}
	return folded.String()
}

// leastOfCase is the least rune of those that differ from r by case alone.
func leastOfCase(r rune) rune {
	if 'a' <= r && r <= 'z' {
		return r - 'a' + 'A'
	}
	least := r
	for other := unicode.SimpleFold(r); other != r; other = unicode.SimpleFold(other) {
		least = min(least, other)
	}
	return least
}
