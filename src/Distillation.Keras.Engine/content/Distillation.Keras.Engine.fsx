// F# Interactive runs this where `#r "nuget: ..."` brings the package. It leaves out the package's build targets, so that TorchSharp's native
// library is the original; this makes ready what loads it on every Linux, before the script's own first line.
System.Runtime.CompilerServices.RuntimeHelpers.RunModuleConstructor(typeof<Distillation.Keras.Backend.NativeLibraries>.Module.ModuleHandle)
