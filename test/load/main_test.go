package load

import (
	"io"
	"log"
	"os"
	"testing"
)

// Go's client logs each goodbye an idle connection hears.
func TestMain(m *testing.M) {
	log.SetOutput(io.Discard)
	os.Exit(m.Run())
}
