namespace Distillation.Keras.FSharp.Tests

open System
open System.IO
open NUnit.Framework
open TorchSharp

[<SetUpFixture>]
type FirstLine() =
    /// Calls TorchSharp before anything of this library, as a user's program may.
    [<OneTimeSetUp>]
    member _.Load() =
        use first = torch.tensor([| 1.0f; 2.0f |])
        Assert.That(first.numel (), Is.EqualTo 2L)

[<Platform "Linux">]
type NativeLoadingTests() =
    [<Test>]
    member _.``TorchSharp's library is loaded from the output and not from the user's cache`` () =
        let loaded =
            File.ReadLines "/proc/self/maps"
            |> Seq.filter _.EndsWith("/libLibTorchSharp.so", StringComparison.Ordinal)
            |> Seq.map (fun line -> line.Substring(line.IndexOf '/'))
            |> Seq.distinct
            |> Seq.toList
        Assert.That(loaded.Length, Is.EqualTo 1)
        Assert.That(loaded.Head, Does.StartWith AppContext.BaseDirectory)
