package tempfs

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestRootNamesAreKnown(t *testing.T) {
	for range 1000 {
		for _, affixes := range [][2]string{{"tmp", ""}, {"", ""}, {"", ".d"}, {"pre-", "-TestX"}, {"ä", "tmp"}} {
			prefix, suffix := affixes[0], affixes[1]
			name := []byte(rootName(prefix, suffix, true))
			require.True(t, isRootName(name, prefix, ""), "%s", name)
			require.True(t, isRootName(name, prefix, suffix), "%s", name)
			require.False(t, isRootName(name, prefix, "-other"), "%s", name)
			require.False(t, isRootName(name, prefix, "d"), "the end of a suffix is another one")
			require.False(t, isRootName(name, prefix+"x", ""), "%s", name)
			require.False(t, isRootName([]byte(rootName(prefix, suffix, false)), prefix, ""), "it has no lock")
		}
	}
}

// TestNamesStayKnown: what another version of this package has left is swept, too.
func TestNamesStayKnown(t *testing.T) {
	for _, name := range []string{"tmpabc_9xyzzmum", "tmpq0w1e2r3x4co-TestX"} {
		require.True(t, isRootName([]byte(name), "tmp", ""), name)
	}
}

// TestRandomPartIsDrawn: with check characters of its own a name that nobody draws is none of ours.
func TestRandomPartIsDrawn(t *testing.T) {
	for random, want := range map[string]bool{"abcdefgh": true, "ABCDEFGH": false, "abcd.fgh": false, "abcdefg\xff": false, "abcdefg\x00": false} {
		name := "tmp" + random + checkChars("tmp", random, "")
		require.Equal(t, want, isRootName([]byte(name), "tmp", ""), "%q", name)
	}
}

// TestOtherNamesAreNot changes every byte of a name in turn, and cuts it everywhere.
func TestOtherNamesAreNot(t *testing.T) {
	name := rootName("pre-", ".d", true)
	for i := range name {
		require.False(t, isRootName([]byte(name[:i]), "pre-", ""), name[:i])
		for _, other := range "xX7/\x00" {
			changed := []byte(name)
			if changed[i] == byte(other) {
				continue
			}
			changed[i] = byte(other)
			require.False(t, isRootName(changed, "pre-", ""), "%s", changed)
		}
	}
	upper := strings.ToUpper(name[4:16])
	require.False(t, isRootName([]byte("pre-"+upper+".d"), "pre-", ""))
}

func TestSweepOptions(t *testing.T) {
	type key struct{}
	ctx := context.WithValue(t.Context(), key{}, 1)
	c, err := newSweepConfig([]SweepOption{
		In("/a"), In("/b"), Prefix("p"), Suffix("s"), MinAge(time.Hour), DryRun(), nil, Context(ctx),
	})
	require.NoError(t, err)
	require.Equal(t, &sweepConfig{placement: placement{dir: "/b", prefix: "p", suffix: "s"}, ctx: ctx, minAge: time.Hour, dryRun: true}, c)

	c, err = newSweepConfig(nil)
	require.NoError(t, err)
	require.Equal(t, &sweepConfig{placement: placement{prefix: DefaultPrefix}, ctx: context.Background()}, c)
}

// TestPlacesAreSweptOnce, and are not remembered without end.
func TestPlacesAreSweptOnce(t *testing.T) {
	s := sweptSet{set: map[sweptPlace]struct{}{}}
	require.True(t, s.first("/a", "p"))
	require.False(t, s.first("/a", "p"))
	require.True(t, s.first("/a", "q"))
	require.True(t, s.first("/b", "p"))
	for i := range 3 * maxSwept {
		require.True(t, s.first(fmt.Sprint("/c", i), "p"))
		require.LessOrEqual(t, len(s.set), maxSwept)
	}
}

// TestTestSweepsFirst by default.
func TestTestSweepsFirst(t *testing.T) {
	require.Equal(t, firstSweep{10 * time.Second, 100 * time.Millisecond}, Test(t).config.sweepsFirst)
	fsys, err := New()
	require.NoError(t, err)
	require.Zero(t, fsys.config.sweepsFirst)
	require.NoError(t, fsys.Release())
}
