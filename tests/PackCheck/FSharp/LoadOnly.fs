module PackCheck.LoadOnly

open Distillation.Keras.Backend
open TorchSharp

[<EntryPoint>]
let main _ =
    NativeLibraries.EnsureLoaded()
    use ones = torch.ones(3L, 4L)
    use sum = ones.sum()
    printfn "F#: %g" (sum.item<float32>())
    if sum.item<float32>() <> 12.0f then
        failwith "The sum is to be 12."
    0
