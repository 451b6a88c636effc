package apps

import (
	_ "github.com/fsnotify/fsnotify"
	_ "github.com/go-git/go-billy/v5"
	_ "github.com/go-git/go-billy/v5/test"
	_ "github.com/go-git/go-git/v5"
	_ "github.com/hanwen/go-fuse/v2/fs"
	_ "github.com/pkg/sftp"
	_ "github.com/spf13/viper"
	_ "github.com/stretchr/testify/require"
	_ "golang.org/x/net/webdav"
)
