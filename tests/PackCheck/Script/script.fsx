// A user's script: tests/pack-check.sh puts the lines that bring the packages before it.
open TorchSharp

let first = torch.tensor ([| 1.0f; 2.0f; 3.0f |])
printfn $"script: {first.sum().item<float32> ()}"
