#include "cluster/rotating_text.h"

#include <fstream>
#include <utility>

namespace meshvet::cluster {
namespace {

using std::chrono::steady_clock;

Result<std::string> ReadFile(const std::string& file) {
  std::ifstream in(file, std::ios::binary);
  if (!in) return Error{"cannot be read", file};
  std::string text(RotatingText::kMaxBytes + 1, '\0');
  in.read(text.data(), static_cast<std::streamsize>(text.size()));
  text.resize(static_cast<size_t>(in.gcount()));
  if (in.bad()) return Error{"cannot be read", file};
  if (text.size() > RotatingText::kMaxBytes) {
    return Error{"larger than 1 MiB", file};
  }
  return text;
}

}  // namespace

RotatingText RotatingText::Fixed(std::string text) {
  RotatingText fixed;
  fixed.text_ = std::move(text);
  return fixed;
}

Result<RotatingText> RotatingText::FromFile(std::string file) {
  Result<std::string> text = ReadFile(file);
  if (!text) return text.error();
  RotatingText rotating;
  rotating.file_ = std::move(file);
  rotating.text_ = *std::move(text);
  rotating.read_at_ = steady_clock::now();
  return rotating;
}

RotatingText::RotatingText(RotatingText&& other) noexcept
    : file_(std::move(other.file_)),
      text_(std::move(other.text_)),
      read_at_(other.read_at_) {}

std::string RotatingText::Current() {
  const std::scoped_lock lock(mutex_);
  if (steady_clock::now() - read_at_ >= kInterval) RefreshLocked();
  return text_;
}

bool RotatingText::Refresh() {
  const std::scoped_lock lock(mutex_);
  return RefreshLocked();
}

bool RotatingText::RefreshLocked() {
  if (file_.empty()) return false;
  read_at_ = steady_clock::now();
  Result<std::string> text = ReadFile(file_);
  if (!text || *text == text_ || text->empty()) return false;
  text_ = *std::move(text);
  return true;
}

}  // namespace meshvet::cluster
