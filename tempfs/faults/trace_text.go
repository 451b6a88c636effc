package faults

import (
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"syscall"

	"github.com/aferotemp/go/tempfs"
)

// String has a line for each event: the kind, the name, and what else there is.
//
//	create /config.tmp
//	write /config.tmp len=12 err=ENOSPC short=6
//	rename /config.tmp to=/config.json err="no luck"
//
// The name at offset 0 has no at=. A name that is no plain word is quoted as in Go. An error is the name of an errno, or what it says in quotes: read
// again it is an error that says the same.
func (t Trace) String() string {
	var b strings.Builder
	for _, e := range t {
		e.write(&b)
		b.WriteByte('\n')
	}
	return b.String()
}

func (e Event) write(b *strings.Builder) {
	fmt.Fprintf(b, "%v %s", e.Op.Kind, word(e.Op.Name))
	if e.Op.NewName != "" {
		fmt.Fprintf(b, " to=%s", word(e.Op.NewName))
	}
	if e.Op.Offset != 0 {
		fmt.Fprintf(b, " at=%d", e.Op.Offset)
	}
	if e.Op.Len != 0 {
		fmt.Fprintf(b, " len=%d", e.Op.Len)
	}
	err := e.Err
	var short *tempfs.ShortWrite
	isShort := errors.As(err, &short)
	if isShort {
		err = short.Err
	}
	if err != nil {
		fmt.Fprintf(b, " err=%s", errorWord(err))
	}
	if isShort {
		fmt.Fprintf(b, " short=%d", short.N)
	}
}

// plain is a word that needs no quotes: it can be taken neither for a quoted one nor for a key with a value.
var plain = regexp.MustCompile(`^[\w./*~:,+-]+$`)

func word(s string) string {
	if plain.MatchString(s) {
		return s
	}
	return strconv.Quote(s)
}

func errorWord(err error) string {
	if errno, ok := err.(syscall.Errno); ok { //nolint:errorlint // one that is wrapped says more
		for name, known := range errnos {
			if errno == known {
				return name
			}
		}
	}
	return strconv.Quote(err.Error())
}

// ParseTrace reads what [Trace.String] writes. Empty lines, and those that begin with "#", mean nothing.
func ParseTrace(text string) (Trace, error) {
	var t Trace
	number := 0
	for line := range strings.Lines(text) {
		number++
		line = strings.TrimSpace(line)
		if line == "" || line[0] == '#' {
			continue
		}
		e, err := parseEvent(line)
		if err != nil {
			return nil, fmt.Errorf("faults: line %d of the trace: %w", number, err)
		}
		t = append(t, e)
	}
	return t, nil
}

func parseEvent(line string) (Event, error) {
	kind, rest, _ := strings.Cut(line, " ")
	e := Event{Op: tempfs.Op{Kind: kinds[kind]}}
	if e.Op.Kind == 0 {
		return e, fmt.Errorf("no kind %q", kind)
	}
	var err error
	if e.Op.Name, rest, err = cutWord(rest); err != nil {
		return e, err
	}
	var short *tempfs.ShortWrite
	for rest != "" && err == nil {
		key, value, found := strings.Cut(rest[1:], "=") // cutWord leaves a space
		if !found {
			return e, fmt.Errorf("%q is no key and value", rest[1:])
		}
		isQuoted := strings.HasPrefix(value, `"`)
		if value, rest, err = cutWord(value); err != nil {
			return e, err
		}
		switch key {
		case "to":
			e.Op.NewName = value
		case "at":
			e.Op.Offset, err = strconv.ParseInt(value, 10, 64)
		case "len":
			e.Op.Len, err = strconv.Atoi(value)
		case "err":
			e.Err, err = parseError(value, isQuoted)
		case "short":
			short = &tempfs.ShortWrite{}
			short.N, err = strconv.Atoi(value)
		default:
			err = fmt.Errorf("no key %q", key)
		}
	}
	if short != nil {
		short.Err = e.Err
		e.Err = short
	}
	return e, err
}

// cutWord takes a word off. What is left is empty or begins with a space.
func cutWord(s string) (word, rest string, err error) {
	if strings.HasPrefix(s, `"`) {
		quoted, err := strconv.QuotedPrefix(s)
		if err != nil {
			return "", "", fmt.Errorf("a word of %q: %w", s, err)
		}
		rest = s[len(quoted):]
		word, _ = strconv.Unquote(quoted) // what QuotedPrefix gives can be
	} else {
		end := strings.IndexByte(s+" ", ' ')
		word, rest = s[:end], s[end:]
		if !plain.MatchString(word) {
			return "", "", fmt.Errorf("%q is no word", word)
		}
	}
	if rest != "" && rest[0] != ' ' {
		return "", "", fmt.Errorf("no space before %q", rest)
	}
	return word, rest, nil
}

func parseError(word string, isQuoted bool) (error, error) {
	if isQuoted {
		return errors.New(word), nil
	}
	if errno, ok := errnos[word]; ok {
		return errno, nil
	}
	return nil, fmt.Errorf("no errno %q", word)
}

// kinds are the kinds by their words.
var kinds = func() map[string]tempfs.OpKind {
	all := map[string]tempfs.OpKind{}
	for _, k := range tempfs.OpKinds() {
		all[k.String()] = k
	}
	return all
}()

// errnos are those that mean a fault of a filesystem, and that every system has.
var errnos = map[string]syscall.Errno{
	"EACCES": syscall.EACCES, "EAGAIN": syscall.EAGAIN, "EBADF": syscall.EBADF, "EBUSY": syscall.EBUSY, "EDQUOT": syscall.EDQUOT, "EEXIST": syscall.EEXIST,
	"EFBIG": syscall.EFBIG, "EINTR": syscall.EINTR, "EINVAL": syscall.EINVAL, "EIO": syscall.EIO, "EISDIR": syscall.EISDIR, "ELOOP": syscall.ELOOP,
	"EMFILE": syscall.EMFILE, "EMLINK": syscall.EMLINK, "ENAMETOOLONG": syscall.ENAMETOOLONG, "ENFILE": syscall.ENFILE, "ENODEV": syscall.ENODEV,
	"ENOENT": syscall.ENOENT, "ENOMEM": syscall.ENOMEM, "ENOSPC": syscall.ENOSPC, "ENOSYS": syscall.ENOSYS, "ENOTDIR": syscall.ENOTDIR,
	"ENOTEMPTY": syscall.ENOTEMPTY, "ENXIO": syscall.ENXIO, "EOPNOTSUPP": syscall.EOPNOTSUPP, "EPERM": syscall.EPERM, "EPIPE": syscall.EPIPE,
	"EROFS": syscall.EROFS, "ESPIPE": syscall.ESPIPE, "ESTALE": syscall.ESTALE, "ETIMEDOUT": syscall.ETIMEDOUT, "EXDEV": syscall.EXDEV,
}
