// The native half of DJL 0.36's PyTorch engine (ai.djl.pytorch.jni.PyTorchLibrary), written against the C++ interface of
// whatever PyTorch it is compiled for: DJL's own is bound to the memory layout of 2.7.1. It has what Ardent calls; other
// functions of the engine end in an UnsatisfiedLinkError. With -DPRETEND device 1 is pretend.cpp's instead of CUDA.
#include <jni.h>
#include <torch/script.h>
#include <torch/torch.h>
#include <torch/csrc/jit/passes/tensorexpr_fuser.h>
#include <ATen/Context.h>
#include <cstdlib>
#include <sstream>
using torch::Tensor;
using torch::indexing::TensorIndex;
using torch::indexing::Slice;
namespace {
void raise(JNIEnv* env, const char* message) {
  jclass type = env->FindClass("ai/djl/engine/EngineException");
  if (type && !env->ExceptionCheck()) env->ThrowNew(type, message);
}
template <class R, class F> R guarded(JNIEnv* env, F body) {
  try { return body(); }
  catch (const c10::Error& e) { raise(env, e.what()); }
  catch (const std::exception& e) { raise(env, e.what()); }
  catch (...) { raise(env, "unknown native error"); }
  return R();
}
template <class F> void guardedVoid(JNIEnv* env, F body) { guarded<int>(env, [&] { body(); return 0; }); }
Tensor& T(jlong h) { return *reinterpret_cast<Tensor*>(h); }
c10::IValue& V(jlong h) { return *reinterpret_cast<c10::IValue*>(h); }
torch::jit::Module& M(jlong h) { return *reinterpret_cast<torch::jit::Module*>(h); }
jlong out(Tensor t) { return reinterpret_cast<jlong>(new Tensor(std::move(t))); }
jlong out(c10::IValue v) { return reinterpret_cast<jlong>(new c10::IValue(std::move(v))); }
std::vector<int64_t> longs(JNIEnv* env, jlongArray a) {
  std::vector<int64_t> v(env->GetArrayLength(a));
  env->GetLongArrayRegion(a, 0, v.size(), reinterpret_cast<jlong*>(v.data()));
  return v;
}
jlongArray array(JNIEnv* env, const std::vector<jlong>& v) {
  jlongArray a = env->NewLongArray(v.size());
  env->SetLongArrayRegion(a, 0, v.size(), v.data());
  return a;
}
jlongArray tensors(JNIEnv* env, const std::vector<Tensor>& ts) {
  std::vector<jlong> v;
  for (auto& t : ts) v.push_back(out(t));
  return array(env, v);
}
std::string text(JNIEnv* env, jstring s) {
  const char* c = env->GetStringUTFChars(s, nullptr);
  std::string r(c);
  env->ReleaseStringUTFChars(s, c);
  return r;
}
const torch::ScalarType TYPES[] = {torch::kFloat32, torch::kFloat64, torch::kFloat16, torch::kUInt8, torch::kInt32, torch::kInt8, torch::kInt64, torch::kBool, torch::kComplexFloat};
torch::ScalarType type(jint d) { TORCH_CHECK(d >= 0 && d < 9, "unknown data type ", d); return TYPES[d]; }
jint number(torch::ScalarType t) { for (int i = 0; i < 8; i++) if (TYPES[i] == t) return i; return 8; }
#ifdef PRETEND
constexpr auto SECOND = c10::DeviceType::PrivateUse1;
#else
constexpr auto SECOND = c10::DeviceType::CUDA;
#endif
torch::Device device(JNIEnv* env, jintArray d) {
  jint v[2];
  env->GetIntArrayRegion(d, 0, 2, v);
  if (v[0] == 1) return torch::Device(SECOND, v[1]);
  return torch::Device(torch::kCPU);
}
torch::TensorOptions options(JNIEnv* env, jint dtype, jintArray dev, jboolean grad) {
  return torch::TensorOptions().dtype(type(dtype)).device(device(env, dev)).requires_grad(grad);
}
std::vector<TensorIndex> slices(JNIEnv* env, jlongArray lo, jlongArray hi, jlongArray step) {
  auto a = longs(env, lo), b = longs(env, hi), s = longs(env, step);
  std::vector<TensorIndex> r;
  for (size_t i = 0; i < a.size(); i++) r.emplace_back(Slice(a[i], b[i], s[i]));
  return r;
}
// Functions of a few elementwise operations are not worth compiling, once for each shape, in every process.
void unfused() { torch::jit::setTensorExprFuserEnabled(false); }
}
#define F(R, name) extern "C" JNIEXPORT R JNICALL Java_ai_djl_pytorch_jni_PyTorchLibrary_##name
#define ENV JNIEnv *env, jobject
#define RET(expr) return guarded<jlong>(env, [&] { return out(expr); })
#define UNARY(name, expr) F(jlong, name)(ENV, jlong h) { RET(expr); }
#define BINARY(name, expr) F(jlong, name)(ENV, jlong h, jlong o) { RET(expr); }
#define INPLACE(name, expr) F(void, name)(ENV, jlong h, jlong o) { guardedVoid(env, [&] { expr; }); }
#define INPLACE1(name, expr) F(void, name)(ENV, jlong h) { guardedVoid(env, [&] { expr; }); }

F(jboolean, torchIsGradMode)(ENV) { return c10::GradMode::is_enabled(); }
F(void, torchSetGradMode)(ENV, jboolean on) { c10::GradMode::set_enabled(on); }
F(jint, torchGetNumInteropThreads)(ENV) { return at::get_num_interop_threads(); }
F(jint, torchGetNumThreads)(ENV) { return at::get_num_threads(); }
F(void, torchSetNumInteropThreads)(ENV, jint n) { guardedVoid(env, [&] { at::set_num_interop_threads(n); }); }
F(void, torchSetNumThreads)(ENV, jint n) { guardedVoid(env, [&] { at::set_num_threads(n); }); }
F(void, torchSetBenchmarkCuDNN)(ENV, jboolean on) { at::globalContext().setBenchmarkCuDNN(on); }
F(void, torchManualSeed)(ENV, jlong seed) {
#ifdef PRETEND // all noise is drawn on the processor
  guardedVoid(env, [&] { auto g = at::detail::getDefaultCPUGenerator(); std::lock_guard<std::mutex> lock(g.mutex()); g.set_current_seed(seed); });
#else
  guardedVoid(env, [&] { torch::manual_seed(seed); });
#endif
}
F(void, torchShowConfig)(ENV, jobject set) {
  unfused();
  jmethodID add = env->GetMethodID(env->GetObjectClass(set), "add", "(Ljava/lang/Object;)Z");
  auto put = [&](const char* name) { env->CallBooleanMethod(set, add, env->NewStringUTF(name)); };
#ifdef PRETEND
  put("CUDA"); put("CUDNN");
#else
  if (torch::cuda::is_available()) { put("CUDA"); put("CUDNN"); }
#endif
  if (at::globalContext().hasMKL()) put("MKL");
  if (at::globalContext().hasOpenMP()) put("OPENMP");
}
F(jlongArray, torchSizes)(ENV, jlong h) { auto s = T(h).sizes(); return array(env, std::vector<jlong>(s.begin(), s.end())); }
F(jbyteArray, torchDataPtr)(ENV, jlong h) {
  return guarded<jbyteArray>(env, [&] {
    Tensor t = T(h).detach().to(torch::kCPU).contiguous();
    jbyteArray a = env->NewByteArray(t.nbytes());
    env->SetByteArrayRegion(a, 0, t.nbytes(), static_cast<const jbyte*>(t.data_ptr()));
    return a;
  });
}
F(jobject, torchDirectByteBuffer)(ENV, jlong h) {
  if (T(h).device().type() != torch::kCPU) { raise(env, "no direct buffer of device memory"); return nullptr; }
  return guarded<jobject>(env, [&] { return env->NewDirectByteBuffer(T(h).data_ptr(), T(h).nbytes()); });
}
F(jboolean, torchIsContiguous)(ENV, jlong h) { return T(h).is_contiguous(); }
UNARY(torchToContiguous, T(h).contiguous())
F(jint, torchDType)(ENV, jlong h) { return number(T(h).scalar_type()); }
F(jintArray, torchDevice)(ENV, jlong h) {
  auto d = T(h).device();
  jint v[2] = {d.type() == SECOND ? 1 : 0, d.index()};
  jintArray a = env->NewIntArray(2);
  env->SetIntArrayRegion(a, 0, 2, v);
  return a;
}
F(jint, torchLayout)(ENV, jlong) { return 0; }
F(jlong, torchTo)(ENV, jlong h, jint dtype, jintArray dev) { torch::NoGradGuard no; RET(T(h).to(device(env, dev), type(dtype), false, false)); }
F(jlong, torchGetItem__JJ)(ENV, jlong h, jlong i) { RET(T(h).index({TensorIndex((int64_t) i)})); }
F(jlong, torchGetItem__J_3J)(ENV, jlong h, jlongArray is) {
  std::vector<TensorIndex> index;
  for (auto i : longs(env, is)) index.emplace_back(i);
  RET(T(h).index(index));
}
F(jlong, tensorClone)(ENV, jlong h) { torch::NoGradGuard no; RET(T(h).clone()); }
F(jlong, torchEmpty)(ENV, jlongArray s, jint t, jint, jintArray d, jboolean g) { RET(torch::empty(longs(env, s), options(env, t, d, g))); }
F(jlong, torchZeros)(ENV, jlongArray s, jint t, jint, jintArray d, jboolean g) { RET(torch::zeros(longs(env, s), options(env, t, d, g))); }
F(jlong, torchOnes)(ENV, jlongArray s, jint t, jint, jintArray d, jboolean g) { RET(torch::ones(longs(env, s), options(env, t, d, g))); }
F(jlong, torchFull)(ENV, jlongArray s, jdouble v, jint t, jint, jintArray d, jboolean g) { RET(torch::full(longs(env, s), v, options(env, t, d, g))); }
F(jlong, torchZerosLike)(ENV, jlong h, jint t, jint, jintArray d, jboolean g) { RET(torch::zeros_like(T(h), options(env, t, d, g))); }
F(jlong, torchOnesLike)(ENV, jlong h, jint t, jint, jintArray d, jboolean g) { RET(torch::ones_like(T(h), options(env, t, d, g))); }
F(jlong, torchArange)(ENV, jfloat a, jfloat b, jfloat s, jint t, jint, jintArray d, jboolean g) { RET(torch::arange(a, b, s, options(env, t, d, g))); }
F(jlong, torchLinspace)(ENV, jfloat a, jfloat b, jint n, jint t, jint, jintArray d, jboolean g) { RET(torch::linspace(a, b, n, options(env, t, d, g))); }
BINARY(torchAdd, T(h).add(T(o)))
INPLACE(torchAddi, T(h).add_(T(o)))
F(jlong, torchExpand)(ENV, jlong h, jlongArray s) { RET(T(h).expand(longs(env, s))); }
BINARY(torchSub, T(h).sub(T(o)))
INPLACE(torchSubi, T(h).sub_(T(o)))
BINARY(torchMul, T(h).mul(T(o)))
INPLACE(torchMuli, T(h).mul_(T(o)))
BINARY(torchTrueDivide, T(h).true_divide(T(o)))
INPLACE(torchTrueDividei, T(h).true_divide_(T(o)))
BINARY(torchRemainder, T(h).remainder(T(o)))
INPLACE(torchRemainderi, T(h).remainder_(T(o)))
F(jlong, torchRot90)(ENV, jlong h, jlong k, jlongArray a) { RET(T(h).rot90(k, longs(env, a))); }
BINARY(torchPow, T(h).pow(T(o)))
INPLACE(torchPowi, T(h).pow_(T(o)))
UNARY(torchSign, T(h).sign())
INPLACE1(torchSigni, T(h).sign_())
BINARY(torchMatmul, T(h).matmul(T(o)))
BINARY(torchBmm, T(h).bmm(T(o)))
BINARY(torchXLogY, T(h).xlogy(T(o)))
BINARY(torchDot, T(h).dot(T(o)))
BINARY(torchLogicalAnd, T(h).logical_and(T(o)))
BINARY(torchLogicalOr, T(h).logical_or(T(o)))
BINARY(torchLogicalXor, T(h).logical_xor(T(o)))
UNARY(torchLogicalNot, T(h).logical_not())
F(jlong, torchPad)(ENV, jlong h, jlongArray s, jdouble v) { RET(torch::constant_pad_nd(T(h), longs(env, s), v)); }
F(jlong, torchReshape)(ENV, jlong h, jlongArray s) { RET(T(h).reshape(longs(env, s))); }
F(jlong, torchSoftmax)(ENV, jlong h, jlong d, jint t) { RET(T(h).softmax(d, type(t))); }
F(jlong, torchLogSoftmax)(ENV, jlong h, jlong d, jint t) { RET(T(h).log_softmax(d, type(t))); }
UNARY(torchArgMax__J, T(h).argmax())
F(jlong, torchArgMax__JJZ)(ENV, jlong h, jlong d, jboolean k) { RET(T(h).argmax(d, k)); }
UNARY(torchArgMin__J, T(h).argmin())
F(jlong, torchArgMin__JJZ)(ENV, jlong h, jlong d, jboolean k) { RET(T(h).argmin(d, k)); }
F(jlongArray, torchTopK)(ENV, jlong h, jlong k, jlong a, jboolean l, jboolean s) {
  return guarded<jlongArray>(env, [&] { auto r = T(h).topk(k, a, l, s); return tensors(env, {std::get<0>(r), std::get<1>(r)}); });
}
F(jlong, torchArgSort)(ENV, jlong h, jlong d, jboolean k) { RET(T(h).argsort(d, k)); }
F(jlong, torchSort)(ENV, jlong h, jlong d, jboolean k) { RET(std::get<0>(T(h).sort(d, k))); }
F(jlong, torchPermute)(ENV, jlong h, jlongArray d) { RET(T(h).permute(longs(env, d))); }
F(jlong, torchFlip)(ENV, jlong h, jlongArray d) { RET(T(h).flip(longs(env, d))); }
F(jlong, torchTranspose)(ENV, jlong h, jlong a, jlong b) { RET(T(h).transpose(a, b)); }
F(jboolean, contentEqual)(ENV, jlong a, jlong b) { return guarded<jboolean>(env, [&] { return (jboolean) T(a).equal(T(b)); }); }
F(jlong, torchFromBlob)(ENV, jobject buffer, jlongArray s, jint t, jint, jintArray d, jboolean g) {
  return guarded<jlong>(env, [&] {
    auto there = device(env, d);
    Tensor lent = torch::from_blob(env->GetDirectBufferAddress(buffer), longs(env, s), torch::TensorOptions().dtype(type(t)));
    if (there.type() == torch::kCPU) return out(lent.set_requires_grad(g));
    return out(lent.to(there, type(t), false, true).set_requires_grad(g));
  });
}
F(jlong, torchIndex)(ENV, jlong h, jlongArray a, jlongArray b, jlongArray s) { RET(T(h).index(slices(env, a, b, s))); }
F(void, torchIndexPut)(ENV, jlong h, jlong v, jlongArray a, jlongArray b, jlongArray s) {
  guardedVoid(env, [&] { T(h).index_put_(slices(env, a, b, s), T(v)); });
}
F(void, torchSet)(ENV, jlong h, jobject buffer) {
  guardedVoid(env, [&] {
    torch::NoGradGuard no;
    Tensor lent = torch::from_blob(env->GetDirectBufferAddress(buffer), T(h).sizes(), torch::TensorOptions().dtype(T(h).dtype()));
    if (T(h).device().type() == torch::kCPU) T(h).set_(lent); else T(h).copy_(lent);
  });
}
F(jlong, torchSlice)(ENV, jlong h, jlong d, jlong a, jlong b, jlong s) { RET(T(h).slice(d, a, b, s)); }
F(jlong, torchGather)(ENV, jlong h, jlong i, jlong d, jboolean sparse) { RET(T(h).gather(d, T(i), sparse)); }
BINARY(torchTake, T(h).take(T(o)))
F(jlong, torchPut)(ENV, jlong h, jlong i, jlong v) { RET(T(h).put(T(i), T(v))); }
F(jlong, torchScatter)(ENV, jlong h, jlong i, jlong v, jint axis) { RET(T(h).scatter(axis, T(i), T(v))); }
BINARY(torchMaskedSelect, T(h).masked_select(T(o)))
F(void, torchMaskedPut)(ENV, jlong h, jlong v, jlong m) { guardedVoid(env, [&] { T(h).masked_fill_(T(m), T(v)); }); }
F(void, torchDeleteTensor)(ENV, jlong h) { delete &T(h); }
F(void, torchDeleteModule)(ENV, jlong h) { delete &M(h); }
F(void, torchDeleteIValue)(ENV, jlong h) { delete &V(h); }
F(void, torchDeleteIndex)(ENV, jlong h) { delete reinterpret_cast<std::vector<TensorIndex>*>(h); }
BINARY(torchMaximum, T(h).maximum(T(o)))
UNARY(torchMax__J, T(h).max())
F(jlong, torchMax__JJZ)(ENV, jlong h, jlong d, jboolean k) { RET(std::get<0>(T(h).max(d, k))); }
BINARY(torchMinimum, T(h).minimum(T(o)))
UNARY(torchMin__J, T(h).min())
F(jlong, torchMin__JJZ)(ENV, jlong h, jlong d, jboolean k) { RET(std::get<0>(T(h).min(d, k))); }
UNARY(torchMean__J, T(h).mean())
F(jlong, torchMean__JJZ)(ENV, jlong h, jlong d, jboolean k) { RET(T(h).mean(d, k)); }
UNARY(torchSum__J, T(h).sum())
F(jlong, torchSum__J_3JZ)(ENV, jlong h, jlongArray d, jboolean k) { RET(T(h).sum(longs(env, d), k)); }
F(jlong, torchCumProd)(ENV, jlong h, jlong d, jint t) { RET(T(h).cumprod(d, type(t))); }
UNARY(torchProd__J, T(h).prod())
F(jlong, torchProd__JJZ)(ENV, jlong h, jlong d, jboolean k) { RET(T(h).prod(d, k)); }
F(jlong, torchCumSum)(ENV, jlong h, jlong d) { RET(T(h).cumsum(d)); }
F(jlong, torchDiagonal)(ENV, jlong h, jlong o, jlong a, jlong b) { RET(T(h).diagonal(o, a, b)); }
F(jlong, torchFlatten)(ENV, jlong h, jlong a, jlong b) { RET(T(h).flatten(a, b)); }
F(jlongArray, torchSplit__JJJ)(ENV, jlong h, jlong s, jlong d) { return guarded<jlongArray>(env, [&] { return tensors(env, T(h).split(s, d)); }); }
F(jlongArray, torchSplit__J_3JJ)(ENV, jlong h, jlongArray s, jlong d) { return guarded<jlongArray>(env, [&] { return tensors(env, T(h).split_with_sizes(longs(env, s), d)); }); }
F(jlong, torchUnsqueeze)(ENV, jlong h, jlong d) { RET(T(h).unsqueeze(d)); }
UNARY(torchSqueeze__J, T(h).squeeze())
F(jlong, torchSqueeze__JJ)(ENV, jlong h, jlong d) { RET(T(h).squeeze(d)); }
static std::vector<Tensor> many(JNIEnv* env, jlongArray hs) { std::vector<Tensor> r; for (auto h : longs(env, hs)) r.push_back(T(h)); return r; }
F(jlong, torchStack)(ENV, jlongArray hs, jlong d) { RET(torch::stack(many(env, hs), d)); }
F(jlong, torchCat)(ENV, jlongArray hs, jlong d) { RET(torch::cat(many(env, hs), d)); }
F(jlong, torchRepeat)(ENV, jlong h, jlongArray r) { RET(T(h).repeat(longs(env, r))); }
F(jlong, torchRepeatInterleave)(ENV, jlong h, jlong r, jlong a) { RET(T(h).repeat_interleave(r, a)); }
UNARY(torchAbs, T(h).abs())
UNARY(torchSquare, T(h).square())
UNARY(torchFloor, T(h).floor())
UNARY(torchCeil, T(h).ceil())
F(jlong, torchClamp)(ENV, jlong h, jlong a, jlong b) { RET(T(h).clamp(T(a), T(b))); }
UNARY(torchRound, T(h).round())
UNARY(torchTrunc, T(h).trunc())
UNARY(torchExp, T(h).exp())
UNARY(torchLgamma, T(h).lgamma())
UNARY(torchLog, T(h).log())
UNARY(torchLog10, T(h).log10())
UNARY(torchLog2, T(h).log2())
UNARY(torchSin, T(h).sin())
UNARY(torchCos, T(h).cos())
UNARY(torchTan, T(h).tan())
UNARY(torchASin, T(h).asin())
UNARY(torchAcos, T(h).acos())
UNARY(torchAtan, T(h).atan())
BINARY(torchAtan2, T(h).atan2(T(o)))
UNARY(torchSqrt, T(h).sqrt())
UNARY(torchSinh, T(h).sinh())
UNARY(torchCosh, T(h).cosh())
UNARY(torchTanh, T(h).tanh())
UNARY(torchSigmoid, T(h).sigmoid())
F(jlong, torchWhere)(ENV, jlong h, jlong x, jlong y) { RET(torch::where(T(h), T(x), T(y))); }
UNARY(torchAll, T(h).all())
UNARY(torchAny, T(h).any())
UNARY(torchNone, T(h).any().logical_not())
BINARY(torchEq, T(h).eq(T(o)))
BINARY(torchNeq, T(h).ne(T(o)))
BINARY(torchGt, T(h).gt(T(o)))
BINARY(torchGte, T(h).ge(T(o)))
BINARY(torchLt, T(h).lt(T(o)))
BINARY(torchLte, T(h).le(T(o)))
UNARY(torchNeg, T(h).neg())
INPLACE1(torchNegi, T(h).neg_())
UNARY(torchIsNaN, T(h).isnan())
UNARY(torchIsInf, T(h).isinf())
F(jlong, torchRandint)(ENV, jlong a, jlong b, jlongArray s, jint t, jint, jintArray d, jboolean g) { RET(torch::randint(a, b, longs(env, s), options(env, t, d, g))); }
F(jlong, torchRandPerm)(ENV, jlong n, jint t, jint, jintArray d, jboolean g) { RET(torch::randperm(n, options(env, t, d, g))); }
F(jlong, torchNormal)(ENV, jdouble m, jdouble v, jlongArray s, jint t, jint, jintArray d, jboolean g) { RET(torch::normal(m, v, longs(env, s), std::nullopt, options(env, t, d, g))); }
F(jlong, tensorUniform)(ENV, jdouble a, jdouble b, jlongArray s, jint t, jint, jintArray d, jboolean g) { RET(torch::empty(longs(env, s), options(env, t, d, g)).uniform_(a, b)); }
F(jlong, torchEye)(ENV, jint n, jint m, jint t, jint, jintArray d, jboolean g) { RET(torch::eye(n, m, options(env, t, d, g))); }
UNARY(torchErfinv, T(h).erfinv())
UNARY(torchErf, T(h).erf())
UNARY(torchInverse, T(h).inverse())
static Tensor maybe(jlong h) { return h == 0 ? Tensor() : T(h); }
F(jlong, torchNNLinear)(ENV, jlong h, jlong w, jlong b) { RET(torch::linear(T(h), T(w), b == 0 ? c10::optional<Tensor>() : c10::optional<Tensor>(T(b)))); }
UNARY(torchNNRelu, T(h).relu())
UNARY(torchNNSoftPlus, torch::nn::functional::softplus(T(h)))
F(jlong, torchNNLeakyRelu)(ENV, jlong h, jdouble s) { RET(torch::leaky_relu(T(h), s)); }
F(jlong, torchNNElu)(ENV, jlong h, jdouble a) { RET(torch::elu(T(h), a)); }
UNARY(torchNNGelu, torch::gelu(T(h)))
F(jlong, torchNNConvNd)(ENV, jlong h, jlong w, jlong b, jlongArray s, jlongArray p, jlongArray d, jint g) {
  RET(torch::convolution(T(h), T(w), b == 0 ? c10::optional<Tensor>() : c10::optional<Tensor>(T(b)), longs(env, s), longs(env, p), longs(env, d), false,
      std::vector<int64_t>(longs(env, s).size(), 0), g));
}
F(jlong, torchNNDropout)(ENV, jlong h, jdouble p, jboolean t) { RET(torch::dropout(T(h), p, t)); }
F(jlong, torchNNNormalize)(ENV, jlong h, jdouble p, jlong d, jdouble e) {
  RET(torch::nn::functional::normalize(T(h), torch::nn::functional::NormalizeFuncOptions().p(p).dim(d).eps(e)));
}
F(jlong, torchNNBatchNorm)(ENV, jlong h, jlong m, jlong v, jlong w, jlong b, jboolean t, jdouble mom, jdouble e) {
  RET(torch::batch_norm(T(h), maybe(w), maybe(b), maybe(m), maybe(v), t, mom, e, at::globalContext().userEnabledCuDNN()));
}
F(jlong, torchNNAvgPool)(ENV, jlong h, jlongArray k, jlongArray s, jlongArray p, jboolean c, jboolean i) {
  return guarded<jlong>(env, [&] { TORCH_CHECK(T(h).dim() == 4, "only 2-dimensional pooling here"); return out(torch::avg_pool2d(T(h), longs(env, k), longs(env, s), longs(env, p), c, i)); });
}
F(jlong, torchNNMaxPool)(ENV, jlong h, jlongArray k, jlongArray s, jlongArray p, jboolean c) {
  return guarded<jlong>(env, [&] { TORCH_CHECK(T(h).dim() == 4, "only 2-dimensional pooling here"); return out(torch::max_pool2d(T(h), longs(env, k), longs(env, s), longs(env, p), 1, c)); });
}
F(jlong, torchNNAdaptiveAvgPool)(ENV, jlong h, jlongArray s) { RET(torch::adaptive_avg_pool2d(T(h), longs(env, s))); }
F(jlong, torchNNInterpolate)(ENV, jlong h, jlongArray s, jint mode, jboolean align) {
  return guarded<jlong>(env, [&] {
    auto size = longs(env, s);
    if (mode == 2) return out(torch::upsample_bilinear2d(T(h), size, align));
    TORCH_CHECK(mode == 0, "only nearest and bilinear here");
    return out(torch::upsample_nearest2d(T(h), size));
  });
}
F(jlong, torchNNOneHot)(ENV, jlong h, jint k) { RET(torch::one_hot(T(h), k)); }
F(jboolean, torchRequiresGrad)(ENV, jlong h) { return T(h).requires_grad(); }
F(jstring, torchGradFnName)(ENV, jlong h) { auto f = T(h).grad_fn(); return env->NewStringUTF(f ? f->name().c_str() : ""); }
F(void, torchAttachGrad)(ENV, jlong h, jboolean on) { guardedVoid(env, [&] { T(h).requires_grad_(on); }); }
F(jlong, torchGrad)(ENV, jlong h) { auto g = T(h).grad(); return g.defined() ? out(g) : 0; }
UNARY(torchDetachGrad, T(h).detach())
F(void, torchBackward)(ENV, jlong h, jlong g, jboolean keep, jboolean create) { guardedVoid(env, [&] { T(h).backward(T(g), (bool) keep, create); }); }
static jlong loaded(torch::jit::Module m, torch::Device d) { m.to(d); return reinterpret_cast<jlong>(new torch::jit::Module(m)); }
F(jlong, moduleLoad__Ljava_lang_String_2_3IZ_3Ljava_lang_String_2_3Ljava_lang_String_2Z)(ENV, jstring path, jintArray d, jboolean map, jobjectArray, jobjectArray, jboolean) {
  unfused();
  return guarded<jlong>(env, [&] { return loaded(torch::jit::load(text(env, path), torch::kCPU), device(env, d)); });
}
F(jlong, moduleLoad__Ljava_io_InputStream_2_3IZ_3BJ)(ENV, jobject in, jintArray d, jboolean, jbyteArray buffer, jlong size) {
  unfused();
  return guarded<jlong>(env, [&] {
    jmethodID read = env->GetMethodID(env->GetObjectClass(in), "read", "([BII)I");
    std::string all;
    jint most = env->GetArrayLength(buffer);
    for (;;) {
      jint n = env->CallIntMethod(in, read, buffer, 0, size >= 0 ? (jint) std::min<jlong>(most, size - all.size()) : most);
      if (env->ExceptionCheck() || n <= 0) break;
      size_t at = all.size();
      all.resize(at + n);
      env->GetByteArrayRegion(buffer, 0, n, reinterpret_cast<jbyte*>(&all[at]));
      if (size >= 0 && (jlong) all.size() >= size) break;
    }
    std::istringstream stream(all);
    return loaded(torch::jit::load(stream, torch::kCPU), device(env, d));
  });
}
F(void, moduleEval)(ENV, jlong h) { guardedVoid(env, [&] { M(h).eval(); }); }
F(void, moduleTrain)(ENV, jlong h) { guardedVoid(env, [&] { M(h).train(); }); }
F(jlong, moduleRunMethod)(ENV, jlong h, jstring name, jlongArray hs, jboolean train, jboolean) {
  return guarded<jlong>(env, [&] {
    std::vector<c10::IValue> inputs;
    for (auto v : longs(env, hs)) inputs.push_back(V(v));
    c10::AutoGradMode mode(train ? c10::GradMode::is_enabled() : false);
    return out(M(h).get_method(text(env, name))(inputs));
  });
}
F(void, setGraphExecutorOptimize)(ENV, jboolean) {}
F(jlongArray, moduleGetParams)(ENV, jlong h) { std::vector<Tensor> ts; for (const auto& p : M(h).parameters()) ts.push_back(p); return tensors(env, ts); }
static jobjectArray strings(JNIEnv* env, const std::vector<std::string>& v) {
  jobjectArray a = env->NewObjectArray(v.size(), env->FindClass("java/lang/String"), nullptr);
  for (size_t i = 0; i < v.size(); i++) env->SetObjectArrayElement(a, i, env->NewStringUTF(v[i].c_str()));
  return a;
}
F(jobjectArray, moduleGetParamNames)(ENV, jlong h) { std::vector<std::string> v; for (const auto& p : M(h).named_parameters()) v.push_back(p.name); return strings(env, v); }
F(jobjectArray, moduleGetMethodNames)(ENV, jlong h) { std::vector<std::string> v; for (const auto& m : M(h).get_methods()) v.push_back(m.name()); return strings(env, v); }
F(jlong, iValueFromTensor)(ENV, jlong h) { return out(c10::IValue(T(h))); }
F(jlong, iValueFromBool)(ENV, jboolean v) { return out(c10::IValue((bool) v)); }
F(jlong, iValueFromLong)(ENV, jlong v) { return out(c10::IValue((int64_t) v)); }
F(jlong, iValueFromDouble)(ENV, jdouble v) { return out(c10::IValue(v)); }
F(jlong, iValueFromString)(ENV, jstring v) { return out(c10::IValue(text(env, v))); }
F(jlong, iValueToTensor)(ENV, jlong h) { return guarded<jlong>(env, [&] { return out(V(h).toTensor()); }); }
F(jboolean, iValueToBool)(ENV, jlong h) { return V(h).toBool(); }
F(jlong, iValueToLong)(ENV, jlong h) { return V(h).toInt(); }
F(jdouble, iValueToDouble)(ENV, jlong h) { return V(h).toDouble(); }
F(jstring, iValueToString)(ENV, jlong h) { return env->NewStringUTF(V(h).toStringRef().c_str()); }
F(jlongArray, iValueToTensorList)(ENV, jlong h) { auto l = V(h).toTensorVector(); return tensors(env, l); }
F(jlongArray, iValueToIValueTuple)(ENV, jlong h) { std::vector<jlong> v; for (const auto& e : V(h).toTupleRef().elements()) v.push_back(out(e)); return array(env, v); }
F(jlongArray, iValueToIValueList)(ENV, jlong h) { std::vector<jlong> v; for (const auto& e : V(h).toListRef()) v.push_back(out(c10::IValue(e))); return array(env, v); }
F(jstring, iValueGetType)(ENV, jlong h) { return env->NewStringUTF(V(h).tagKind().c_str()); }
F(jboolean, iValueIsTensor)(ENV, jlong h) { return V(h).isTensor(); }
F(jboolean, iValueIsBool)(ENV, jlong h) { return V(h).isBool(); }
F(jboolean, iValueIsLong)(ENV, jlong h) { return V(h).isInt(); }
F(jboolean, iValueIsDouble)(ENV, jlong h) { return V(h).isDouble(); }
F(jboolean, iValueIsString)(ENV, jlong h) { return V(h).isString(); }
F(jboolean, iValueIsBoolList)(ENV, jlong h) { return V(h).isBoolList(); }
F(jboolean, iValueIsLongList)(ENV, jlong h) { return V(h).isIntList(); }
F(jboolean, iValueIsDoubleList)(ENV, jlong h) { return V(h).isDoubleList(); }
F(jboolean, iValueIsTensorList)(ENV, jlong h) { return V(h).isTensorList(); }
F(jboolean, iValueIsList)(ENV, jlong h) { return V(h).isList(); }
F(jboolean, iValueIsTuple)(ENV, jlong h) { return V(h).isTuple(); }
F(jboolean, iValueIsMap)(ENV, jlong h) { return V(h).isGenericDict(); }
F(void, zeroGrad)(ENV, jlong h) { if (T(h).grad().defined()) { torch::NoGradGuard no; T(h).mutable_grad().zero_(); } }
F(jlong, torchNorm)(ENV, jlong h, jint ord, jlongArray a, jboolean k) { RET(T(h).norm(c10::optional<torch::Scalar>(ord), longs(env, a), k)); }
UNARY(torchNonZeros, T(h).nonzero())
F(jlong, torchIndexInit)(ENV, jint) { return reinterpret_cast<jlong>(new std::vector<TensorIndex>()); }
static std::vector<TensorIndex>& I(jlong h) { return *reinterpret_cast<std::vector<TensorIndex>*>(h); }
F(jlong, torchIndexAdvGet)(ENV, jlong h, jlong i) { RET(T(h).index(I(i))); }
F(void, torchIndexAdvPut)(ENV, jlong h, jlong i, jlong v) { guardedVoid(env, [&] { T(h).index_put_(I(i), T(v)); }); }
F(void, torchIndexAppendNoneEllipsis)(ENV, jlong i, jboolean e) { if (e) I(i).emplace_back(torch::indexing::Ellipsis); else I(i).emplace_back(torch::indexing::None); }
F(void, torchIndexAppendSlice)(ENV, jlong i, jlong a, jlong b, jlong s, jint none) {
  std::optional<c10::SymInt> lo, hi;
  if (!(none & 2)) lo = c10::SymInt((int64_t) a);
  if (!(none & 1)) hi = c10::SymInt((int64_t) b);
  I(i).emplace_back(Slice(lo, hi, c10::SymInt((int64_t) s)));
}
F(void, torchIndexAppendFixed)(ENV, jlong i, jlong v) { I(i).emplace_back((int64_t) v); }
F(void, torchIndexAppendArray)(ENV, jlong i, jlong h) { I(i).emplace_back(T(h)); }
F(jlong, torchDiff)(ENV, jlong h, jint n, jint d) { RET(T(h).diff(n, d)); }
