// Package mount keeps a folder as kubelet mounts a Secret or a ConfigMap: each
// file is a link through ..data, which is renamed from one version to the next
// (k8s.io/kubernetes/pkg/volume/util/atomic_writer.go).
package mount

import (
	"os"
	"path/filepath"
	"strconv"
)

// Volume is one mounted folder. Not for use by several goroutines.
type Volume struct {
	folder  string
	version int
}

// New mounts the first version.
func New(folder string, files map[string][]byte) (*Volume, error) {
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return nil, err
	}
	v := &Volume{folder: folder}
	if err := v.Update(files); err != nil {
		return nil, err
	}
	for name := range files {
		err := os.Symlink(filepath.Join("..data", name), v.Path(name))
		if err != nil {
			return nil, err
		}
	}
	return v, nil
}

// Path is where a program finds a file.
func (v *Volume) Path(name string) string {
	return filepath.Join(v.folder, name)
}

// Update replaces all files at once; they must be the same ones as before.
func (v *Volume) Update(files map[string][]byte) error {
	former := v.name()
	v.version++
	next := v.Path(v.name())
	if err := os.Mkdir(next, 0o700); err != nil {
		return err
	}
	for name, text := range files {
		err := os.WriteFile(filepath.Join(next, name), text, 0o600)
		if err != nil {
			return err
		}
	}
	link := v.Path("..data_tmp")
	if err := os.Symlink(v.name(), link); err != nil {
		return err
	}
	if err := os.Rename(link, v.Path("..data")); err != nil {
		return err
	}
	return os.RemoveAll(v.Path(former))
}

func (v *Volume) name() string { return "..v" + strconv.Itoa(v.version) }
