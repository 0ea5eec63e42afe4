/// Code of docs/extending.md.
module Snippets.AMetric

open NUnit.Framework

// <snippet A metric>
open Distillation.Keras
open Distillation.Keras.Layers
open Distillation.Keras.Metrics
open TorchSharp

/// The greatest error of all samples.
type WorstError() as this =
    inherit Metric("worst_error")

    let worst = this.AddVariable "worst"

    override _.UpdateState(y_true, y_pred, _) =
        use _ = torch.NewDisposeScope()
        worst.Assign(torch.maximum (worst.Value, y_true.sub(y_pred).abs().max()))

    override _.Result() = worst.Value.clone()
// </snippet>

[<Test>]
let ``A metric`` () =
    // <snippet A metric>
    let x = Array2D.init 32 2 (fun i j -> float32 (i * (j + 1) % 7))
    let y = Array2D.init 32 1 (fun i _ -> x[i, 0] - x[i, 1])
    let model = Sequential(Input 2, Dense 1)
    model.Compile("adam", "mse", [ "mae"; WorstError() ])
    let history = model.Fit(x, y, epochs = 2, verbose = 0)
    printfn $"""{Seq.last history["worst_error"]}"""
    // </snippet>
    let logs = model.Evaluate(x, y)
    use p = model.Predict x
    let errors = Array.map2 (fun (a: float32) b -> abs (a - b)) (p.ToArray<float32>()) (Seq.cast<float32> y |> Seq.toArray)
    Assert.That(logs["worst_error"], Is.EqualTo(float (Array.max errors)).Within 1e-6)
