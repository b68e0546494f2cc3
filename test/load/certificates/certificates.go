// Package certificates makes an authority and the serving certificates it
// signs, as cert-manager would mount them.
package certificates

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"time"
)

// Authority signs serving certificates for one name.
type Authority struct {
	PEM []byte

	certificate *x509.Certificate
	key         *ecdsa.PrivateKey
	last        int64
}

// Pair is PEM, with the serial number of its certificate.
type Pair struct {
	Certificate, Key []byte
	Serial           int64
}

// NewAuthority has a new key.
func NewAuthority() (*Authority, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, err
	}
	template := newTemplate("load-ca", 1)
	template.IsCA = true
	template.BasicConstraintsValid = true
	template.KeyUsage = x509.KeyUsageCertSign
	der, err := x509.CreateCertificate(rand.Reader, template, template,
		key.Public(), key)
	if err != nil {
		return nil, err
	}
	certificate, err := x509.ParseCertificate(der)
	if err != nil {
		return nil, err
	}
	return &Authority{block("CERTIFICATE", der), certificate, key, 1}, nil
}

// Issue makes a serving pair with a key of its own, valid for one day.
func (a *Authority) Issue(dnsName string) (Pair, error) {
	return a.issue(dnsName, x509.ExtKeyUsageServerAuth, time.Now())
}

// IssueClient makes the pair of a client, valid for a day from then on.
func (a *Authority) IssueClient(name string, from time.Time) (Pair, error) {
	return a.issue(name, x509.ExtKeyUsageClientAuth, from)
}

func (a *Authority) issue(dnsName string, usage x509.ExtKeyUsage,
	from time.Time) (Pair, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return Pair{}, err
	}
	a.last++
	template := newTemplate(dnsName, a.last)
	template.NotBefore = from.Add(-time.Hour)
	template.NotAfter = from.Add(24 * time.Hour)
	template.DNSNames = []string{dnsName}
	template.KeyUsage = x509.KeyUsageDigitalSignature
	template.ExtKeyUsage = []x509.ExtKeyUsage{usage}
	der, err := x509.CreateCertificate(rand.Reader, template, a.certificate,
		key.Public(), a.key)
	if err != nil {
		return Pair{}, err
	}
	keyDER, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return Pair{}, err
	}
	return Pair{block("CERTIFICATE", der), block("PRIVATE KEY", keyDER), a.last},
		nil
}

func newTemplate(name string, serial int64) *x509.Certificate {
	now := time.Now()
	return &x509.Certificate{
		SerialNumber: big.NewInt(serial),
		Subject:      pkix.Name{CommonName: name},
		NotBefore:    now.Add(-time.Hour),
		NotAfter:     now.Add(24 * time.Hour),
	}
}

func block(kind string, der []byte) []byte {
	return pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der})
}
