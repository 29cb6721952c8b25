#include "store/compression.h"

#include <zstd.h>

#include "base/check.h"

namespace dskeeper::store {
namespace {

constexpr int level = 3;

struct FreeContext {
  void operator()(ZSTD_CCtx* context) const { ZSTD_freeCCtx(context); }
  void operator()(ZSTD_DCtx* context) const { ZSTD_freeDCtx(context); }
};

}  // namespace

struct Compressor::State {
  std::unique_ptr<ZSTD_CCtx, FreeContext> compress{ZSTD_createCCtx()};
  std::unique_ptr<ZSTD_DCtx, FreeContext> decompress{ZSTD_createDCtx()};
};

Compressor::Compressor() : state_(std::make_unique<State>()) {
  CHECK(state_->compress != nullptr && state_->decompress != nullptr);
}

Compressor::~Compressor() = default;

Bytes Compressor::compress(ByteView octets) {
  Bytes out(ZSTD_compressBound(octets.size()));
  const std::size_t size = ZSTD_compressCCtx(state_->compress.get(), out.data(), out.size(),
                                             octets.data(), octets.size(), level);
  CHECK(ZSTD_isError(size) == 0);  // the room suffices, and there is no other cause
  out.resize(size);
  return out;
}

Result<Bytes> Compressor::decompress(ByteView compressed, std::size_t octets_max) {
  const auto expected = ZSTD_getFrameContentSize(compressed.data(), compressed.size());
  if (expected == ZSTD_CONTENTSIZE_ERROR || expected == ZSTD_CONTENTSIZE_UNKNOWN ||
      expected > octets_max) {
    return fail("it is not compressed as it should be");
  }
  Bytes out(static_cast<std::size_t>(expected));
  const std::size_t size = ZSTD_decompressDCtx(state_->decompress.get(), out.data(), out.size(),
                                               compressed.data(), compressed.size());
  if (ZSTD_isError(size) != 0 || size != out.size()) {
    return fail("it cannot be decompressed");
  }
  return out;
}

}  // namespace dskeeper::store
