#include "yaml/template.h"

#include <gtest/gtest.h>

namespace meshvet::yaml {
namespace {

struct TemplateCase {
  const char* text;
  bool is_template;
};

constexpr TemplateCase kCases[] = {
    {"", false},
    {"a: 1\n", false},
    {"{{ .Values.x }}\n", true},
    {"a: 1\n{{- if .Values.on }}\nb: 2\n{{- end }}\n", true},
    {"  {{ include \"x\" . | nindent 4 }}", true},
    {"a: {{ .Values.a }}\n", true},
    {"a: x-{{ .Values.a }}\n", true},
    {"- {{ . }}\n", true},
    {"a: [{{ . }}]\n", true},
    {"a: \"{{ x }}\"\n", false},
    {"a: '{{ x }} ''{{ y }}'\n", false},
    {"a: \"\\\"{{ x }}\"\n", false},
    {"a: \"x\n  {{ y }}\"\n", false},
    {"\"{{ k }}\": v\n", false},
    {"[\"{{ a }}\", '{{ b }}']\n", false},
    {"a: !!str \"{{ x }}\"\n", false},
    {"a: &x '{{ x }}'\n", false},
    {"a: don't\nb: {{ x }}\n", true},
    {"a: it is 'so\nb: {{ x }}\n", true},
    {"# {{ x }}\n", false},
    {"a: 1 # {{ x }}\n", false},
    {"a: b#{{ x }}\n", true},
    {"a: |\n  {{ x }}\n\n  {{ y }}\nb: 1\n", false},
    {"a: |\r\n  {{ x }}\r\nb: 1\r\n", false},
    {"a: |\n  x\nb: {{ x }}\n", true},
    {"a: |-\n  x\n{{ x }}\n", true},
    {"- a: >-\n    {{ x }}\n  b: 1\n", false},
    {"- a: |\n    x\n  b: {{ x }}\n", true},
    {"- |\n  {{ x }}\n- 1\n", false},
    {"'a': |\n  x\n'b': {{ x }}\n", true},
    {"--- |\n{{ x }}\n", false},
    {"a: {b: {c: d}}\n", false},
};

TEST(TemplateTest, TellsDirectivesFromText) {
  for (const TemplateCase& test : kCases) {
    EXPECT_EQ(LooksLikeTemplate(test.text), test.is_template) << test.text;
  }
}

}  // namespace
}  // namespace meshvet::yaml
