// A second device that is the processor in disguise, for machines without a GPU: whatever mixes devices fails here as it
// would there, and all else gives what the processor gives, to the last bit. Operations fall back to the processor's;
// those that share memory between arrays, or update one in place, are written out.
#include <torch/library.h>
#include <torch/torch.h>
#include <ATen/native/CPUFallback.h>
#include <ATen/EmptyTensor.h>
#include <ATen/native/Resize.h>
#include <ATen/NativeFunctions.h>
#include <ATen/ops/as_strided_native.h>
#include <ATen/ops/view_native.h>
#include <ATen/ops/_reshape_alias_native.h>
#include <ATen/ops/set_native.h>
#include <ATen/ops/unfold_native.h>
#include <c10/core/impl/alloc_cpu.h>
#include <c10/core/DeviceType.h>
#include <c10/core/impl/DeviceGuardImplInterface.h>
#include <ATen/detail/PrivateUse1HooksInterface.h>
using at::Tensor;
constexpr auto P = c10::DeviceType::PrivateUse1;
namespace {
struct Alloc : c10::Allocator {
  c10::DataPtr allocate(size_t n) override { void* p = c10::alloc_cpu(n); return {p, p, &c10::free_cpu, c10::Device(P, 0)}; }
  c10::DeleterFnPtr raw_deleter() const override { return &c10::free_cpu; }
  void copy_data(void* d, const void* s, size_t n) const override { memcpy(d, s, n); }
};
Alloc alloc;
struct Guard : c10::impl::NoOpDeviceGuardImpl<P> {
  c10::DeviceIndex deviceCount() const noexcept override { return 1; }
  c10::Device exchangeDevice(c10::Device) const override { return c10::Device(P, 0); }
  c10::Device getDevice() const override { return c10::Device(P, 0); }
  c10::Stream getStream(c10::Device d) const noexcept override { return c10::Stream(c10::Stream::DEFAULT, d); }
  c10::Stream exchangeStream(c10::Stream s) const noexcept override { return s; }
};
C10_REGISTER_GUARD_IMPL(PrivateUse1, Guard);
struct Hooks : at::PrivateUse1HooksInterface {
  bool isBuilt() const override { return true; }
  bool isAvailable() const override { return true; }
  bool hasPrimaryContext(c10::DeviceIndex) const override { return true; }
  c10::Allocator* getPinnedMemoryAllocator() const override { return nullptr; }
  bool isPinnedPtr(const void*) const override { return false; }
  const at::Generator& getDefaultGenerator(c10::DeviceIndex) const override { static at::Generator g = at::detail::getDefaultCPUGenerator(); return g; }
  at::Generator getNewGenerator(c10::DeviceIndex) const override { return at::detail::getDefaultCPUGenerator(); }
};
bool registered = [] { c10::register_privateuse1_backend("pretend"); c10::SetAllocator(P, &alloc); static Hooks hooks; at::RegisterPrivateUse1HooksInterface(&hooks); return true; }();
Tensor host(const Tensor& t) { // the same memory, seen from the processor
  if (t.device().type() != P) return t;
  return at::from_blob(t.data_ptr(), t.sizes(), t.strides(), [s = t.storage()](void*) {}, at::TensorOptions().dtype(t.dtype()));
}
std::optional<Tensor> hosted(const std::optional<Tensor>& t) { return t && t->defined() ? std::optional<Tensor>(host(*t)) : std::nullopt; }
Tensor there(const Tensor& t) { Tensor r = at::empty(t.sizes(), t.options().device(P, 0)); host(r).copy_(t); return r; }
Tensor empty(c10::SymIntArrayRef s, std::optional<at::ScalarType> d, std::optional<at::Layout>, std::optional<at::Device>, std::optional<bool>, std::optional<at::MemoryFormat> m) {
  return at::detail::empty_generic(C10_AS_INTARRAYREF_SLOW(s), &alloc, c10::DispatchKeySet(c10::DispatchKey::PrivateUse1), d.value_or(at::kFloat), m);
}
Tensor emptyStrided(c10::SymIntArrayRef s, c10::SymIntArrayRef st, std::optional<at::ScalarType> d, std::optional<at::Layout>, std::optional<at::Device>, std::optional<bool>) {
  return at::detail::empty_strided_generic(C10_AS_INTARRAYREF_SLOW(s), C10_AS_INTARRAYREF_SLOW(st), &alloc, c10::DispatchKeySet(c10::DispatchKey::PrivateUse1), d.value_or(at::kFloat));
}
Tensor copyFrom(const Tensor& s, const Tensor& d, bool) { host(d).copy_(host(s)); return d; }
Tensor copyFromAndResize(const Tensor& s, const Tensor& d) { if (d.sizes() != s.sizes()) d.resize_(s.sizes()); host(d).copy_(host(s)); return d; }
const Tensor& resize(const Tensor& t, c10::SymIntArrayRef s, std::optional<at::MemoryFormat>) {
  auto size = C10_AS_INTARRAYREF_SLOW(s);
  int64_t n = 1; for (auto x : size) n *= x;
  auto bytes = n * t.dtype().itemsize();
  if (t.storage().nbytes() < bytes) { auto p = alloc.allocate(bytes); t.storage().unsafeGetStorageImpl()->set_data_ptr_noswap(std::move(p)); t.storage().unsafeGetStorageImpl()->set_nbytes(bytes); }
  t.unsafeGetTensorImpl()->set_sizes_contiguous(size);
  return t;
}
at::Scalar scalar(const Tensor& t) { return host(t).item(); }
Tensor conv(const Tensor& x, const Tensor& w, const std::optional<Tensor>& b, at::IntArrayRef s, at::IntArrayRef p, at::IntArrayRef d, bool t, at::IntArrayRef o, int64_t g) {
  TORCH_CHECK(x.device() == w.device() && (!b || !b->defined() || b->device() == x.device()), "convolution of several devices");
  return there(at::convolution(host(x), host(w), hosted(b), s, p, d, t, o, g));
}
std::tuple<Tensor, Tensor, Tensor> convBack(const Tensor& gr, const Tensor& x, const Tensor& w, at::IntArrayRef s, at::IntArrayRef p, at::IntArrayRef d, bool t, at::IntArrayRef o, int64_t g, std::array<bool, 3> mask) {
  std::vector<int64_t> bias{w.size(0)};
  auto r = at::convolution_backward(host(gr).contiguous(), host(x), host(w), at::OptionalIntArrayRef(bias), s, p, d, t, o, g, mask);
  auto f = [](const Tensor& z) { return z.defined() ? there(z) : z; };
  return {f(std::get<0>(r)), f(std::get<1>(r)), f(std::get<2>(r))};
}
std::tuple<Tensor, Tensor, Tensor> norm(const Tensor& x, const std::optional<Tensor>& w, const std::optional<Tensor>& b, const std::optional<Tensor>& m, const std::optional<Tensor>& v, bool t, double mom, double eps) {
  auto r = at::native_batch_norm(host(x), hosted(w), hosted(b), hosted(m), hosted(v), t, mom, eps);
  return {there(std::get<0>(r)), there(std::get<1>(r)), there(std::get<2>(r))};
}
Tensor asStrided(const Tensor& t, c10::SymIntArrayRef s, c10::SymIntArrayRef st, std::optional<c10::SymInt> o) {
  return at::native::as_strided_tensorimpl(t, C10_AS_INTARRAYREF_SLOW(s), C10_AS_INTARRAYREF_SLOW(st), o ? std::optional<int64_t>(o->expect_int()) : std::nullopt);
}
Tensor view(const Tensor& t, c10::SymIntArrayRef s) { return at::native::view(t, C10_AS_INTARRAYREF_SLOW(s)); }
Tensor alias(const Tensor& t, c10::SymIntArrayRef s, c10::SymIntArrayRef st) { return at::native::_reshape_alias(t, C10_AS_INTARRAYREF_SLOW(s), C10_AS_INTARRAYREF_SLOW(st)); }
Tensor& setStorage(Tensor& t, at::Storage s, c10::SymInt o, c10::SymIntArrayRef z, c10::SymIntArrayRef st) {
  t.unsafeGetTensorImpl()->set_storage_keep_dtype(std::move(s));
  t.unsafeGetTensorImpl()->set_sizes_and_strides(C10_AS_INTARRAYREF_SLOW(z), C10_AS_INTARRAYREF_SLOW(st), o.expect_int());
  return t;
}
void fallback(const c10::OperatorHandle& op, torch::jit::Stack* stack) {
  const auto& name = op.schema().name();
  auto args = torch::jit::last(*stack, op.schema().arguments().size());
  bool any = false, strange = false;
  auto look = [&](const Tensor& t) { if (!t.defined()) return; if (t.device().type() == P) any = true; else if (t.dim() > 0) strange = true; };
  for (const auto& v : args) { if (v.isTensor()) look(v.toTensor()); else if (v.isTensorList()) for (const Tensor t : v.toTensorList()) look(t); }
  TORCH_CHECK(!(any && strange) || name.find("aten::index") == 0 || name.find("aten::_index_put") == 0,
      "Expected all tensors to be on the same device: ", name);
  at::native::cpu_fallback(op, stack);
}
}
TORCH_LIBRARY_IMPL(_, PrivateUse1, m) { m.fallback(torch::CppFunction::makeFromBoxedFunction<&fallback>()); }
TORCH_LIBRARY_IMPL(aten, PrivateUse1, m) {
  m.impl("empty.memory_format", &empty);
  m.impl("empty_strided", &emptyStrided);
  m.impl("_copy_from", &copyFrom);
  m.impl("_copy_from_and_resize", &copyFromAndResize);
  m.impl("resize_", &resize);
  m.impl("_local_scalar_dense", &scalar);
  m.impl("convolution_overrideable", &conv);
  m.impl("convolution_backward_overrideable", &convBack);
  m.impl("native_batch_norm", &norm);
  m.impl("as_strided", &asStrided);
  m.impl("view", &view);
  m.impl("_reshape_alias", &alias);
  m.impl("set_.source_Storage_storage_offset", &setStorage);
}
