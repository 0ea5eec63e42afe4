/// Code of docs/getting-started.md.
module Snippets.AFirstModel

open NUnit.Framework

// <snippet A first model>
open Distillation.Keras
open Distillation.Keras.Layers
// </snippet>

[<Test>]
let ``A first model`` () =
    // <snippet A first model>
    Utils.SetRandomSeed 1
    let data = Datasets.Digits.LoadData()
    let teacher =
        Sequential(
            Input(28, 28, 1),
            Flatten(),
            Dense(64, activation = "relu"),
            Dense(10, activation = "softmax"))
    teacher.Summary()
    teacher.Compile(optimizer = "adam", loss = "categorical_crossentropy", metrics = [| "accuracy" |])
    let history = teacher.Fit(data.TrainX, data.TrainY, batch_size = 128, epochs = 2, validation_split = 0.1)
    printfn "%f" (Seq.last history["val_accuracy"])
    // </snippet>
    Assert.That(history["accuracy"].Count, Is.EqualTo 2)
