package main

import (
	"fmt"
	"net"
	"slices"
	"strings"
	"time"
)

// config is what the program goes by.
type config struct {
	Listen  string        `yaml:"listen"`
	Timeout time.Duration `yaml:"timeout"`
	Log     logConfig     `yaml:"log"`
}

type logConfig struct {
	Level string `yaml:"level"`
	File  string `yaml:"file"` // "" for the standard error
}

// defaults are the lowest layer. A setting that is not here does not exist.
var defaults = map[string]any{
	"listen":    "localhost:8080",
	"timeout":   30 * time.Second,
	"log.level": "info",
	"log.file":  "",
}

var levels = []string{"debug", "info", "warn", "error"}

// check tells what is wrong with values that have the right types.
func (c config) check() error {
	if _, _, err := net.SplitHostPort(c.Listen); err != nil {
		return fmt.Errorf("listen: %w", err)
	}
	if c.Timeout <= 0 {
		return fmt.Errorf("timeout: %v is not more than 0", c.Timeout)
	}
	if !slices.Contains(levels, c.Log.Level) {
		return fmt.Errorf("log.level: %q is none of %s", c.Log.Level, strings.Join(levels, ", "))
	}
	return nil
}
