// What DJL asks the CUDA runtime: there is one GPU.
extern "C" {
int cudaGetDeviceCount(int *count) { *count = 1; return 0; }
int cudaRuntimeGetVersion(int *version) { *version = 13000; return 0; }
int cudaDeviceGetAttribute(int *value, int attribute, int device) { *value = 9; return 0; }
int cudaMemGetInfo(long *free, long *total) { *free = *total = 1L << 34; return 0; }
int cudaSetDevice(int device) { return 0; }
int cudaGetDevice(int *device) { *device = 0; return 0; }
const char *cudaGetErrorString(int code) { return "none"; }
}
