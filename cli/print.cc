#include "cli/print.h"

#include "lint/report/output.h"

namespace meshvet::cli {

bool Print(int fd, std::string_view text) { return lint::WriteAll(fd, text); }

}  // namespace meshvet::cli
