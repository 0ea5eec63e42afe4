/// Code of README.md.
module Snippets.TheCall

open NUnit.Framework

// <snippet The call>
open Distillation.Keras
open Distillation.Keras.Layers
open Distillation.Keras.Optimizers
// </snippet>

[<Test>]
let ``The call`` () =
    // <snippet The call>
    let data = Datasets.Digits.LoadData()
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
