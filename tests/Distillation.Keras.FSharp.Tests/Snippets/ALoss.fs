/// Code of docs/extending.md.
module Snippets.ALoss

open NUnit.Framework

// <snippet A loss>
open Distillation.Keras
open Distillation.Keras.Layers
open Distillation.Keras.Losses

/// The mean of the errors' fourth powers.
type FourthPower() =
    inherit Loss("fourth_power")

    override _.Forward(y_true, y_pred) =
        let error = y_true.sub y_pred
        let square = error.mul error
        square.mul(square).mean [| -1L |]
// </snippet>

[<Test>]
let ``A loss`` () =
    // <snippet A loss>
    let x = Array2D.init 32 2 (fun i j -> float32 (i * (j + 1) % 7))
    let y = Array2D.init 32 1 (fun i _ -> x[i, 0] - x[i, 1])
    let model = Sequential(Input 2, Dense 1)
    model.Compile("adam", FourthPower(), [ "mae" ])
    let history = model.Fit(x, y, epochs = 20, verbose = 0)
    // The same from a function:
    model.Compile("adam", LossFunctionWrapper(fun y p -> y.sub(p).abs().mean [| -1L |]))
    model.Fit(x, y, epochs = 20, verbose = 0) |> ignore
    // </snippet>
    Assert.That(Seq.last history["loss"], Is.LessThan(Seq.head history["loss"]))
