module Distillation.Keras.FSharp.Tests.FilesTests

open System
open System.Collections.Generic
open System.IO
open System.Text.Json.Nodes
open NUnit.Framework
open Distillation.Keras
open Distillation.Keras.Callbacks
open Distillation.Keras.Layers
open Distillation.Keras.FSharp.Tests.Data

let private inFolder (test: string -> unit) =
    let folder = Directory.CreateTempSubdirectory("distillation-keras-tests-").FullName
    try
        test folder
    finally
        Directory.Delete(folder, true)

let private model () =
    let model = Sequential [ Input 4; Dense(3, activation = "relu"); Dense(2, activation = "softmax") ]
    model.Compile("adam", loss = "sparse_categorical_crossentropy")
    model

[<Test>]
let ``a model comes back from its file`` () =
    inFolder (fun folder ->
        for name in [ "student.keras"; "student.h5" ] do
            let path = Path.Combine(folder, name)
            let student = model ()
            student.Save path
            let loaded = Model.Load path
            Assert.That(loaded.CountParams(), Is.EqualTo(student.CountParams()))
            Assert.That(loaded.LoadWarnings, Is.Empty)
            Assert.That(loaded.ToJson(), Is.EqualTo(student.ToJson())))

[<Test>]
let ``weights come back from their file`` () =
    inFolder (fun folder ->
        let path = Path.Combine(folder, "student.weights.h5")
        let student = model ()
        student.SaveWeights(path, overwrite = false)
        let other = model ()
        other.LoadWeights path
        other.LoadWeights(path, skip_mismatch = true)
        let values (model: Model) = model.Weights[0].Value.data<float32>().ToArray()
        Assert.That((values other = values student)))

[<Test>]
let ``a model of TensorFlow.js is read from its model.json`` () =
    inFolder (fun folder ->
        let path = Path.Combine(folder, "model.json")
        let text =
            """{"format": "layers-model", "modelTopology": {"keras_version": "tfjs-layers 4.22.0", "class_name": "Sequential",
            "config": {"name": "line", "layers": [{"class_name": "Dense", "config": {"name": "dense", "units": 1,
            "batch_input_shape": [null, 2]}}]}}, "weightsManifest": [{"paths": ["weights.bin"], "weights": [
            {"name": "dense/bias", "shape": [1], "dtype": "float32"},
            {"name": "dense/kernel", "shape": [2, 1], "dtype": "float32",
            "quantization": {"dtype": "uint8", "scale": 0.5, "min": -1}}]}]}"""
        File.WriteAllText(path, text)
        File.WriteAllBytes(Path.Combine(folder, "weights.bin"), [| yield! BitConverter.GetBytes 0.25f; 0uy; 5uy |])
        let loaded = Model.Load path
        Assert.That((loaded.Weights[0].Value.data<float32>().ToArray() = [| -1.0f; 1.5f |]))
        loaded.LoadWeights path
        Assert.That((loaded.Weights[1].Value.data<float32>().ToArray() = [| 0.25f |])))

[<Test>]
let ``what a file may not hold is given by the caller`` () =
    inFolder (fun folder ->
        let path = Path.Combine(folder, "student.keras")
        (model ()).Save path
        let made = List<string>()
        let dense (config: JsonObject) : obj =
            made.Add((config["name"] |> Option.ofObj |> Option.get).GetValue<string>())
            Dense(((config["units"] |> Option.ofObj |> Option.get).GetValue<int>()), name = made[made.Count - 1])
        let loaded = Model.Load(path, custom_objects = readOnlyDict [ "Dense", Func<JsonObject, obj> dense ], compile = false)
        Assert.That(made.Count, Is.EqualTo 2)
        Assert.That(loaded.Layers.Count, Is.EqualTo 2))

[<Test>]
let ``what is no model file is refused`` () =
    inFolder (fun folder ->
        let path = Path.Combine(folder, "student.keras")
        File.WriteAllText(path, "no model")
        Assert.Throws<ModelFormatException>(Action(fun () -> Model.Load path |> ignore)) |> ignore)

[<Test>]
let ``a model is written for tf keras, and weights in several files`` () =
    inFolder (fun folder ->
        let student = model ()
        let path = Path.Combine(folder, "student.h5")
        student.Save(path, format = "tf_keras")
        Assert.That((Model.Load path).CountParams(), Is.EqualTo(student.CountParams()))
        let index = Path.Combine(folder, "student.weights.json")
        student.SaveWeights(index, max_shard_size = 5e-8)
        Assert.That(File.Exists(Path.Combine(folder, "student_00001.weights.h5")))
        (model ()).LoadWeights index)

let private names folder =
    Directory.GetFiles folder |> Array.choose (fun file -> Path.GetFileName file |> Option.ofObj) |> Array.sort

let private weights (model: Model) =
    [ for weight in model.Weights -> weight.Value.data<float32>().ToArray() ]

let private fitWith (callbacks: Callback list) =
    let student = compiled 3
    student.Fit(x, y, batch_size = 24, epochs = 2, verbose = 0, callbacks = callbacks) |> ignore
    student

[<Test>]
let ``a checkpoint has a file for each epoch, by its pattern`` () =
    inFolder (fun folder ->
        let student = fitWith [ ModelCheckpoint(Path.Combine(folder, "m.{epoch:02d}-{loss:.0f}.keras"), monitor = "loss") ]
        let files = names folder
        Assert.That(files.Length, Is.EqualTo 2)
        Assert.That(files[0], Does.Match @"^m\.01-\d\.keras$")
        Assert.That((weights (Model.Load(Path.Combine(folder, files[1]))) = weights student))
        Assert.That((weights (Model.Load(Path.Combine(folder, files[0]))) <> weights student)))

[<Test>]
let ``a checkpoint keeps the best alone`` () =
    inFolder (fun folder ->
        let scores = [| 0.9; 0.2 |]
        let score = LambdaCallback(on_epoch_end = fun epoch logs -> logs["score"] <- scores[epoch])
        let best =
            ModelCheckpoint(Path.Combine(folder, "{epoch}.h5"), monitor = "score", mode = "max", save_best_only = true,
                            initial_value_threshold = 0.5)
        fitWith [ score; best ] |> ignore
        Assert.That((names folder = [| "1.h5" |]))
        Assert.That(best.Best, Is.EqualTo(Nullable 0.9)))

[<Test>]
let ``a checkpoint saves weights alone after so many batches`` () =
    inFolder (fun folder ->
        let student =
            fitWith [ ModelCheckpoint(Path.Combine(folder, "{epoch}-{batch}.weights.h5"), save_weights_only = true, save_freq = 2) ]
        Assert.That((names folder = [| "1-2.weights.h5"; "2-2.weights.h5" |]))
        let other = compiled 3
        other.LoadWeights(Path.Combine(folder, "2-2.weights.h5"))
        Assert.That((weights other = weights student))
        Assert.That(other.Optimizer.Iterations, Is.EqualTo 4L))

[<Test>]
let ``weights go by the names of layers, and what does not fit is left out`` () =
    inFolder (fun folder ->
        let path = Path.Combine(folder, "student.h5")
        let student = Sequential [ Input 4; Dense(3, name = "a"); Dense(2, name = "b") ]
        student.Save path
        let other = Sequential [ Input 4; Dense(3, name = "a"); Dense(5, name = "b"); Dense(2, name = "c") ]
        let before = weights other
        Assert.Throws<ModelFormatException>(Action(fun () -> other.LoadWeights(path, by_name = true))) |> ignore
        Assert.That((weights other = before), "what is refused changes nothing")
        other.LoadWeights(path, by_name = true, skip_mismatch = true)
        Assert.That((weights (other) |> List.take 2 = (weights student |> List.take 2)))
        Assert.That((weights other |> List.skip 2 = List.skip 2 before))
        Assert.That(other.LoadWarnings, Has.Count.EqualTo(1).And.Some.Contains "'b'"))
