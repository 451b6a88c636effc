// Package viperapp is tests alone: viper with its configuration in an Fs. It takes an afero.Fs, so that no adapter is needed; to watch a file is another matter.
package viperapp
