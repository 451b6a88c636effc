package tempfs

import (
	"fmt"
	"strings"
)

// Op is an operation that a [Hook] is asked about.
type Op struct {
	Kind OpKind
	// Name is the name as it was given to the Fs, or of an open file the one that it was opened by; of [OpSymlink] the target. NewName is the second
	// name of OpRename, OpLink, OpSymlink and OpPersist. What has no name yet is told by its directory, see OpTemporary.
	Name, NewName string
	// Offset is where a read or write begins, as far as no other goroutine moves it meanwhile: of a file with an offset that, and with os.O_APPEND the end. Of OpTruncate it is the new
	// size, of OpSeek the offset as given.
	Offset int64
	// Len is the number of bytes to read or write, and of OpReadDir the number of entries, as given.
	Len int
}

// OpKind says what an [Op] does.
type OpKind int

// The kinds.
const (
	OpOpen      OpKind = iota + 1
	OpCreate           // an open with os.O_CREATE or os.O_TRUNC, which may make or empty a file
	OpTemporary        // a file without a name is made; Name is the directory, and "" of what is done with the file
	OpRead
	OpWrite
	OpSeek
	OpSync
	OpClose
	OpReadDir
	OpStat
	OpLstat // also of an entry of a directory that was read
	OpReadlink
	OpMkdir
	OpRemove
	OpRemoveAll // once, for name and all below
	OpRename
	OpLink
	OpSymlink
	OpChmod
	OpChown
	OpLchown
	OpChtimes
	OpTruncate // by name or of an open file
	OpSub
	OpRealPath
	OpPersist // to NewName on the host
	OpClone
	endOfOpKinds
)

// opWords are those of package os, and for what that has none of, others.
var opWords = [...]string{
	OpOpen: opOpen, OpCreate: "create", OpTemporary: "temporary", OpRead: opRead, OpWrite: opWrite, OpSeek: opSeek, OpSync: opSync, OpClose: opClose, OpReadDir: opReadDir,
	OpStat: opStat, OpLstat: opLstat, OpReadlink: opReadlink, OpMkdir: opMkdir, OpRemove: opRemove, OpRemoveAll: "removeall", OpRename: opRename, OpLink: opLink, OpSymlink: opSymlink,
	OpChmod: opChmod, OpChown: opChown, OpLchown: opLchown, OpChtimes: opChtimes, OpTruncate: opTruncate, OpSub: opSub, OpRealPath: opRealPath, OpPersist: opPersist, OpClone: opClone,
}

// OpKinds returns all kinds.
func OpKinds() []OpKind {
	kinds := make([]OpKind, 0, endOfOpKinds-OpOpen)
	for k := OpOpen; k < endOfOpKinds; k++ {
		kinds = append(kinds, k)
	}
	return kinds
}

// String is the Op that package os has in the errors of such an operation. OpCreate and OpTemporary, which there are opens, and OpRemoveAll have their own.
func (k OpKind) String() string {
	if k < OpOpen || k >= endOfOpKinds {
		return fmt.Sprintf("OpKind(%d)", int(k))
	}
	return opWords[k]
}

// String is for people: the kind, the names, and where and how much.
func (op Op) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%v %s", op.Kind, printable(op.Name))
	if op.NewName != "" {
		fmt.Fprintf(&b, " to %s", printable(op.NewName))
	}
	switch op.Kind { //nolint:exhaustive // the others have names alone
	case OpRead, OpWrite:
		fmt.Fprintf(&b, ": %d bytes at %d", op.Len, op.Offset)
	case OpTruncate:
		fmt.Fprintf(&b, ": %d bytes", op.Offset)
	}
	return b.String()
}
