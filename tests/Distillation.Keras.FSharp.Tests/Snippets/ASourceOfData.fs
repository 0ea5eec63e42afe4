/// Code of docs/extending.md.
module Snippets.ASourceOfData

open NUnit.Framework

// <snippet A source of data>
open System
open Distillation.Keras
open Distillation.Keras.Layers

/// Points of the unit square, made on the way: those within the quarter of a circle are of class 1.
type Points(batches: int) =
    inherit DataSource()

    override _.Batches = Nullable batches

    override _.Read pass =
        seq {
            let random = Random pass.Seed
            for _ in 1..batches do
                let x = Array2D.init 64 2 (fun _ _ -> random.NextSingle())
                let y = Array.init 64 (fun j -> if x[j, 0] ** 2.0f + x[j, 1] ** 2.0f < 0.64f then 1 else 0)
                DataBatch(x, y)
        }
// </snippet>

[<Test>]
let ``A source of data`` () =
    // <snippet A source of data>
    let model = Sequential(Input 2, Dense(32, activation = "relu"), Dense(2, activation = "softmax"))
    model.Compile("adam", "sparse_categorical_crossentropy", [ "accuracy" ])
    model.Fit(Points 100, epochs = 5, validation_data = ValidationData(Points 20)) |> ignore
    printfn $"""{model.Evaluate(Points 20)["accuracy"]}"""
    let p = model.Predict(Points 1)
    // </snippet>
    Assert.That(model.Evaluate(Points 20)["accuracy"], Is.GreaterThan 0.7)
    Assert.That((p.shape = [| 64L; 2L |]))
    p.Dispose()
