/// Code of docs/extending.md.
module Snippets.ACallback

open NUnit.Framework

// <snippet A callback>
open Distillation.Keras
open Distillation.Keras.Callbacks
open Distillation.Keras.Layers

/// Ends the training when a value is good enough.
type StopAt(name: string, value: float) =
    inherit Callback()

    member val StoppedEpoch = -1 with get, set

    override this.OnEpochEnd(epoch, logs) =
        if logs[name] >= value then
            this.StoppedEpoch <- epoch
            this.Model.StopTraining <- true
// </snippet>

[<Test>]
let ``A callback`` () =
    // <snippet A callback>
    let data = Datasets.Digits.LoadData()
    let model = Sequential(Input(28, 28, 1), Flatten(), Dense(10, activation = "softmax"))
    model.Compile("adam", "categorical_crossentropy", [ "accuracy" ])
    let stop = StopAt("accuracy", 0.5)
    let history = model.Fit(data.TrainX, data.TrainY, batch_size = 128, epochs = 20, callbacks = [ stop ])
    printfn $"{stop.StoppedEpoch}"
    // </snippet>
    Assert.That(stop.StoppedEpoch, Is.EqualTo(history["accuracy"].Count - 1).And.LessThan 19)
