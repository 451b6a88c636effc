package peers

import (
	"fmt"
	"os"
	"strings"
)

// fill puts a text between the marks of a document that are its name's:
//
//	<!-- table:name -->
//	<!-- /table -->
func fill(file, name, text string) error {
	content, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	filled, err := filledIn(string(content), name, text)
	if err != nil {
		return fmt.Errorf("%s: %w", file, err)
	}
	return os.WriteFile(file, []byte(filled), 0o644)
}

func filledIn(document, name, text string) (string, error) {
	begin, end := "<!-- table:"+name+" -->\n", "<!-- /table -->"
	head, rest, found := strings.Cut(document, begin)
	if !found {
		return "", fmt.Errorf("no place for %s", name)
	}
	_, tail, found := strings.Cut(rest, end)
	if !found {
		return "", fmt.Errorf("no end of the place for %s", name)
	}
	return head + begin + strings.TrimSuffix(text, "\n") + "\n" + end + tail, nil
}
