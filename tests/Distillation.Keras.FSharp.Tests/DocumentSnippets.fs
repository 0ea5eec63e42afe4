/// The F# code of the README and of the documents. Outside the library's namespace, as a user's code is.
module Snippets.DocumentSnippets

open NUnit.Framework

// <snippet The fluent call>
open Distillation.Keras
open Distillation.Keras.Layers
open Distillation.Keras.Optimizers
// </snippet>

// <snippet A first model>
open Distillation.Keras
open Distillation.Keras.Layers
// </snippet>

let private network (hidden: int) =
    Sequential(Input(28, 28, 1), Flatten(), Dense(hidden, activation = "relu"), Dense(10, activation = "softmax"))

[<Test>]
let ``The fluent call`` () =
    // <snippet The fluent call>
    use data = Datasets.Digits.LoadData()
    let teacher =
        Sequential(
            Input(28, 28, 1),
            Flatten(),
            Dense(256, activation = "relu"),
            Dropout(0.3),
            Dense(10, activation = "softmax"))
    teacher.Compile(Adam(0.001), "categorical_crossentropy", [ "accuracy" ])
    teacher.Fit(data.TrainX, data.TrainY, batch_size = 128, epochs = 4) |> ignore

    let student =
        Sequential(
            Input(28, 28, 1),
            Flatten(),
            Dense(16, activation = "relu"),
            Dense(10, activation = "softmax"))
    let result =
        Distiller(teacher)
            .WithStudent(student)
            .WithTemperature(5.0)
            .WithSeed(1)
            .Fit(data.TrainX, data.TrainY, batch_size = 128, epochs = 4)
    printfn $"{result.Evaluate(data.TestX, data.TestY)}"
    // </snippet>
    Assert.That(result.Evaluate(data.TestX, data.TestY).Student.Accuracy, Is.GreaterThan 0.7)

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
