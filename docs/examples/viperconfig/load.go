package main

import (
	"errors"
	"fmt"
	"io/fs"
	"strings"

	"github.com/spf13/afero"
	"github.com/spf13/viper"
)

// machineFile is the file of the machine.
const machineFile = "/etc/greeter/config.yaml"

// layers are where a configuration comes from.
type layers struct {
	fsys   afero.Fs
	home   string
	getenv func(name string) string
}

// userFile is the file of the user.
func (l layers) userFile() string { return l.home + "/.config/greeter/config.yaml" }

// load reads all layers, each over those before it. A file may be missing. One that cannot be read, or is wrong, is an error that names it: to go on without it would be to run as nobody has configured it.
func (l layers) load() (config, error) {
	_, c, err := l.merged()
	return c, err
}

// merged are the layers in a viper, and what they come to.
func (l layers) merged() (*viper.Viper, config, error) {
	v := viper.New()
	v.SetFs(l.fsys)
	for key, value := range defaults {
		v.SetDefault(key, value)
	}
	for _, name := range []string{machineFile, l.userFile()} {
		if err := mergeFile(v, name); err != nil {
			return nil, config{}, err
		}
		if _, err := decode(v); err != nil { // after each file, so that the error can name it
			return nil, config{}, fmt.Errorf("%s: %w", name, err)
		}
	}
	for key := range defaults {
		if value := l.getenv(variable(key)); value != "" {
			v.Set(key, value)
		}
	}
	c, err := decode(v)
	if err != nil {
		return nil, config{}, fmt.Errorf("environment: %w", err)
	}
	return v, c, nil
}

// variable is the name in the environment of a setting: GREETER_LOG_LEVEL is log.level.
func variable(key string) string {
	return "GREETER_" + strings.ToUpper(strings.ReplaceAll(key, ".", "_"))
}

// mergeFile puts a file over what v has, if there is one.
func mergeFile(v *viper.Viper, name string) error {
	v.SetConfigFile(name)
	err := v.MergeInConfig()
	var unread *fs.PathError
	switch {
	case err == nil, errors.Is(err, fs.ErrNotExist):
		return nil
	case errors.As(err, &unread): // it has the name already
		return err
	}
	return fmt.Errorf("%s: %w", name, err)
}

// decode wants every setting to be known and of its type.
func decode(v *viper.Viper) (config, error) {
	for _, key := range v.AllKeys() {
		if _, isKnown := defaults[key]; !isKnown {
			return config{}, fmt.Errorf("there is no setting %q", key)
		}
	}
	var c config
	if err := v.Unmarshal(&c); err != nil {
		return config{}, err
	}
	return c, c.check()
}
