package aferotest

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// Step is one operation of a script, a verb with its arguments. [Verbs] lists them.
//
// Names of files are arguments as they are. An argument may be a Go string literal, for a name with a space, a
// newline or a NUL, and {x*255} in it is 255 times x.
type Step struct {
	Verb string
	Args []string
}

// NewStep is a Step of a verb and arguments of any kind, printed as fmt.Sprint does.
func NewStep(verb string, args ...any) Step {
	s := Step{Verb: verb}
	for _, a := range args {
		s.Args = append(s.Args, fmt.Sprint(a))
	}
	return s
}

// ParseStep reads a line of a script. A verb that is not known, or a wrong number of arguments, is an error.
func ParseStep(line string) (Step, error) {
	words, err := fields(line)
	if err != nil {
		return Step{}, fmt.Errorf("aferotest: %q: %w", line, err)
	}
	if len(words) == 0 {
		return Step{}, errors.New("aferotest: a step must have a verb")
	}
	s := Step{Verb: words[0], Args: words[1:]}
	return s, s.check()
}

func (s Step) check() error {
	v, ok := verbs[s.Verb]
	switch {
	case !ok:
		return fmt.Errorf("aferotest: unknown verb %q", s.Verb)
	case len(s.Args) != len(v.args):
		return fmt.Errorf("aferotest: %s takes %d arguments (%s), not %d", s.Verb, len(v.args), strings.Join(v.args, " "), len(s.Args))
	}
	return nil
}

// String is the line that ParseStep reads.
func (s Step) String() string {
	var b strings.Builder
	b.WriteString(s.Verb)
	for _, a := range s.Args {
		b.WriteByte(' ')
		b.WriteString(quote(a))
	}
	return b.String()
}

// quote shortens runs of one byte, since names at their limits are long.
func quote(arg string) string {
	const long = 32
	if n := len(arg); n >= long && strings.Count(arg, arg[:1]) == n && arg[0] > ' ' && arg[0] < 0x7f && !strings.ContainsAny(arg[:1], `"{}\*`) {
		return fmt.Sprintf("{%s*%d}", arg[:1], n)
	}
	if arg == "" || strings.ContainsAny(arg, "{}") || strconv.Quote(arg) != `"`+arg+`"` || strings.ContainsAny(arg, " \t") {
		return strings.NewReplacer("{", `\x7b`, "}", `\x7d`).Replace(strconv.Quote(arg))
	}
	return arg
}

// fields splits a line at blanks, takes quotes off and expands repeats.
func fields(line string) ([]string, error) {
	var words []string
	for {
		line = strings.TrimLeft(line, " \t")
		if line == "" {
			return words, nil
		}
		if line[0] == '"' {
			quoted, err := strconv.QuotedPrefix(line)
			if err != nil {
				return nil, err
			}
			line = line[len(quoted):]
			word, err := unquote(quoted)
			if err != nil {
				return nil, err
			}
			words = append(words, word)
			continue
		}
		word := line
		if i := strings.IndexAny(line, " \t"); i >= 0 {
			word = line[:i]
		}
		line = line[len(word):]
		expanded, err := expand(word)
		if err != nil {
			return nil, err
		}
		words = append(words, expanded)
	}
}

// unquote expands repeats before escapes, so that \x7b stays a brace.
func unquote(quoted string) (string, error) {
	expanded, err := expand(quoted)
	if err != nil {
		return "", err
	}
	return strconv.Unquote(expanded)
}

// expand writes {text*n} out.
func expand(s string) (string, error) {
	var b strings.Builder
	for {
		before, rest, found := strings.Cut(s, "{")
		b.WriteString(before)
		if !found {
			return b.String(), nil
		}
		body, after, closed := strings.Cut(rest, "}")
		i := strings.LastIndexByte(body, '*')
		if !closed || i < 0 {
			return "", fmt.Errorf("a repeat is {text*n}, not {%s", rest)
		}
		n, err := strconv.Atoi(body[i+1:])
		if err != nil || n < 0 || n*i > 1<<24 {
			return "", fmt.Errorf("bad count in {%s}", body)
		}
		b.WriteString(strings.Repeat(body[:i], n))
		s = after
	}
}
