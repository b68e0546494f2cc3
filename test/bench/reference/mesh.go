package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"

	"sigs.k8s.io/yaml"
)

type port struct {
	number   int
	protocol string
}

// mesh is what the checks have to know: the ports of each host.
type mesh struct {
	ports map[string][]port
}

type manifest struct {
	Kind     string `json:"kind"`
	Metadata struct {
		Name      string `json:"name"`
		Namespace string `json:"namespace"`
	} `json:"metadata"`
	Spec struct {
		Ports []struct {
			Name        string `json:"name"`
			Port        int    `json:"port"`
			AppProtocol string `json:"appProtocol"`
		} `json:"ports"`
	} `json:"spec"`
}

func (m *mesh) load(folder string) error {
	files, err := filepath.Glob(filepath.Join(folder, "*.yaml"))
	if err != nil {
		return err
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			return err
		}
		for _, document := range bytes.Split(text, []byte("---\n")) {
			if !bytes.Contains(document, []byte("kind: Service\n")) {
				continue
			}
			var service manifest
			if err := yaml.Unmarshal(document, &service); err != nil {
				return err
			}
			m.add(service)
		}
	}
	return nil
}

func (m *mesh) add(service manifest) {
	host := service.Metadata.Name + "." + service.Metadata.Namespace + clusterLocal
	for _, p := range service.Spec.Ports {
		protocol := p.AppProtocol
		if protocol == "" {
			protocol, _, _ = strings.Cut(p.Name, "-")
		}
		m.ports[host] = append(m.ports[host], port{p.Port, protocol})
	}
}
