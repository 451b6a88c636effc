package tempfs_test

import (
	"fmt"
	"os"
	"testing"
)

func TestMain(m *testing.M) {
	if ran, err := child(); ran {
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	os.Exit(runWithoutLeaks(m))
}
