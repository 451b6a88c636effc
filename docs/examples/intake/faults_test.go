package main

import (
	"errors"
	"iter"
	"strings"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/aferotemp/go/tempfs"
	"github.com/aferotemp/go/tempfs/faults"
	"github.com/aferotemp/go/tempfs/fixture"
)

// eachFault takes the delivery in once for each fault that it can meet, and calls check with the error.
func eachFault(t *testing.T, every func() iter.Seq[*faults.Fault], check func(t *testing.T, h host, fault *faults.Fault, err error)) {
	t.Helper()
	eachBackend(t, func(t *testing.T, b backend) {
		for format, archive := range map[string][]byte{"tar": tarOf(t, delivery...), "zip": zipOf(t, delivery...)} {
			t.Run(format, func(t *testing.T) {
				h := newHost(t)
				for fault := range every() {
					err := fault.Run(func() error {
						_, err := h.take(t, archive, b, tempfs.WithHook(fault.Hook))
						return err
					})
					check(t, h, fault, err)
				}
			})
		}
	})
}

// requireDelivery wants it to be there as a whole, and takes it away for the next round.
func requireDelivery(t *testing.T, h host) {
	t.Helper()
	fixture.Golden(t, h.fsys, "testdata/in.txtar", fixture.In("/home/in"), fixture.WithModes())
	require.NoError(t, h.fsys.RemoveAll("/home/in"))
}

// TestEachOperationFails once: the host is as it was, or has the delivery as a whole if the failure did no harm.
func TestEachOperationFails(t *testing.T) {
	every := func() iter.Seq[*faults.Fault] { return faults.Every(syscall.EIO) }
	eachFault(t, every, func(t *testing.T, h host, fault *faults.Fault, err error) {
		if err == nil {
			requireDelivery(t, h)
		} else {
			require.ErrorIs(t, err, syscall.EIO, fault)
		}
		h.requireUnchanged(t, fault)
	})
}

// TestDiskStaysFull: what needs room fails from some operation on, and what makes room does not.
func TestDiskStaysFull(t *testing.T) {
	needsRoom := faults.On(tempfs.OpCreate, tempfs.OpWrite, tempfs.OpMkdir, tempfs.OpSymlink, tempfs.OpLink, tempfs.OpRename, tempfs.OpPersist)
	every := func() iter.Seq[*faults.Fault] { return faults.FromEvery(syscall.ENOSPC, needsRoom) }
	eachFault(t, every, func(t *testing.T, h host, fault *faults.Fault, err error) {
		require.Equal(t, fault.Met(), err != nil, fault)
		if err == nil {
			requireDelivery(t, h)
		}
		h.requireUnchanged(t, fault)
	})
}

// TestNoReadIsMissed of a file that takes several: an index must not have the sum of a half.
func TestNoReadIsMissed(t *testing.T) {
	eachBackend(t, func(t *testing.T, b backend) {
		archive := zipOf(t, item{name: "large.txt", content: strings.Repeat("all the same\n", 10_000)})
		rounds := 0
		for fault := range faults.Every(syscall.EIO, faults.On(tempfs.OpRead), faults.Path("large.txt")) {
			h := newHost(t)
			err := fault.Run(func() error {
				_, err := h.take(t, archive, b, tempfs.WithHook(fault.Hook))
				return err
			})
			require.Equal(t, fault.Met(), err != nil, fault)
			rounds++
		}
		require.Greater(t, rounds, 3)
	})
}

// TestNothingWorksAnyMore from some operation on: what cannot be tidied up goes with the Fs.
func TestNothingWorksAnyMore(t *testing.T) {
	every := func() iter.Seq[*faults.Fault] { return faults.FromEvery(errors.New("dead")) }
	eachFault(t, every, func(t *testing.T, h host, fault *faults.Fault, err error) {
		if err == nil {
			requireDelivery(t, h)
		}
		h.requireUnchanged(t, fault)
	})
}
