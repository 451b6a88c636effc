package sftpfs_test

import (
	"fmt"
	"net"

	"github.com/pkg/sftp"
	"github.com/spf13/afero"

	"github.com/aferotemp/go/tempfs"
	"github.com/aferotemp/go/tempfs_test/apps/sftpfs"
)

func ExampleNew() {
	fsys, err := tempfs.New()
	if err != nil {
		fmt.Println(err)
		return
	}
	defer fsys.Release()
	connection, clientSide := net.Pipe() // or the channel of an SSH session

	server := sftp.NewRequestServer(connection, sftpfs.New(fsys))
	go server.Serve()

	client, err := sftp.NewClientPipe(clientSide, clientSide)
	if err != nil {
		fmt.Println(err)
		return
	}
	defer client.Close()
	f, err := client.Create("/upload")
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Fprint(f, "from afar")
	f.Close()

	content, err := afero.ReadFile(fsys, "/upload")
	fmt.Printf("%s %v\n", content, err)
	// Output: from afar <nil>
}
