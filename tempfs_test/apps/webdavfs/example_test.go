package webdavfs_test

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"

	"golang.org/x/net/webdav"

	"github.com/aferotemp/go/tempfs"
	"github.com/aferotemp/go/tempfs_test/apps/webdavfs"
)

func ExampleNew() {
	fsys, err := tempfs.New(tempfs.Untrusted()) // which bounds bytes, files and depth
	if err != nil {
		fmt.Println(err)
		return
	}
	defer fsys.Release()

	server := httptest.NewServer(&webdav.Handler{
		FileSystem: webdavfs.DeadProps(webdavfs.New(fsys)), // or New alone
		LockSystem: webdav.NewMemLS(),
	})
	defer server.Close()

	put, _ := http.NewRequest(http.MethodPut, server.URL+"/greeting.txt", strings.NewReader("hello"))
	answer, err := http.DefaultClient.Do(put)
	if err != nil {
		fmt.Println(err)
		return
	}
	_ = answer.Body.Close()
	file, _ := fsys.Open("greeting.txt")
	defer file.Close()
	content, _ := io.ReadAll(file)
	fmt.Printf("%s: %s\n", answer.Status, content)
	// Output: 201 Created: hello
}
