/// Keras' own spelling in F#.
module Distillation.Keras.FSharp.Tests.FacadeTests

open System.IO
open NUnit.Framework
open Distillation.Keras
open Distillation.Keras.Layers
open type Distillation.Keras.KerasApi
open Distillation.Keras.FSharp.Tests.Data

[<Test>]
let ``a model is made and trained in lower case`` () =
    let layers = keras.layers
    let model =
        keras.Sequential [ layers.Input(4); layers.Dense(5, activation = "relu", kernel_regularizer = keras.regularizers.l2(0.01))
                           layers.Dense(3, activation = "softmax") ]
    model.compile(optimizer = keras.optimizers.Adam(0.01), loss = keras.losses.CategoricalCrossentropy(),
                  metrics = [ keras.metrics.CategoricalAccuracy(); keras.metrics.AUC() ])
    let history = model.fit(x, y, batch_size = 16, epochs = 2, verbose = 0, validation_data = (x, y), class_weight = dict [ 1, 2.0 ])
    Assert.That(history["val_auc"], Has.Count.EqualTo 2)
    Assert.That(model.evaluate(x, y).Keys, Is.EquivalentTo [ "auc"; "categorical_accuracy"; "loss" ])
    use p = model.predict x
    Assert.That((p.shape = [| int64 samples; 3L |]), "The predictions are one row a sample.")
    Assert.That(model.count_params(), Is.EqualTo 43L)

[<Test>]
let ``a functional model is made in lower case`` () =
    let inputs = keras.Input(shape = 4)
    let outputs = keras.layers.Dense(3, activation = "softmax").Apply inputs
    let model = keras.Model(inputs, outputs, name = "functional")
    model.compile("sgd", "categorical_crossentropy", [ "accuracy" ])
    Assert.That(model.get_layer(1).Name, Does.StartWith "dense")
    Assert.That(keras.Model([| inputs.Output |], [| outputs |]).Outputs, Has.Count.EqualTo 1)

[<Test>]
let ``steps that are masked are left out of means`` () =
    let inputs = keras.Input(shape = [| 3; 2 |])
    let outputs = keras.layers.GlobalAveragePooling1D().Apply(keras.layers.Masking(mask_value = 0.0).Apply inputs)
    let model = keras.Model(inputs, outputs)
    let steps: float32[,,] = Array3D.init 1 3 2 (fun _ step i -> if step = 2 then 0.0f else float32 (2 * step + i + 1))
    use means = model.predict steps
    Assert.That((means.ToArray<float32>() = [| 2.0f; 3.0f |]), "The last step is masked.")

[<Test>]
let ``lookups learn and metrics count in lower case`` () =
    let lookup = keras.layers.StringLookup()
    let tokens = [| "b"; "a"; "b" |]
    lookup.adapt tokens
    Assert.That((lookup.get_vocabulary() = [| "[UNK]"; "b"; "a" |]), "The most frequent token comes first.")
    let accuracy = keras.metrics.BinaryAccuracy()
    let targets, predictions = [| 0.0f; 1.0f |], [| 0.2f; 0.3f |]
    accuracy.update_state(targets, predictions)
    use result = accuracy.result()
    Assert.That(result.item<float32>(), Is.EqualTo 0.5f)

[<Test>]
let ``files are read and written in lower case`` () =
    let folder = Directory.CreateTempSubdirectory("distillation-keras-tests-").FullName
    try
        let path (name: string) = Path.Combine(folder, name)
        let student = compiled 3
        let checkpoint = keras.callbacks.ModelCheckpoint(path "best.keras", monitor = "loss", save_best_only = true)
        student.fit(x, y, epochs = 1, verbose = 0, callbacks = [ checkpoint ]) |> ignore
        student.save(path "a.keras")
        student.save(path "a.h5", overwrite = false, format = "tf_keras")
        student.save_weights(path "a.weights.h5")
        student.save_weights(path "b.weights.json", max_shard_size = 0.1)
        let kernel (model: Model) = model.Weights[0].Value.data<float32>().ToArray()
        for name in [ "a.keras"; "a.h5"; "best.keras" ] do
            Assert.That((kernel (keras.models.load_model(path name)) = kernel student), name)
        Assert.That(keras.models.load_model(path "a.keras", compile = false).IsCompiled, Is.False)
        for name in [ "a.weights.h5"; "b.weights.json"; "a.keras" ] do
            let other = compiled 3
            other.load_weights(path name)
            Assert.That((kernel other = kernel student), name)
        let other = compiled 3
        other.load_weights(path "a.h5", by_name = true, skip_mismatch = true)
    finally
        Directory.Delete(folder, true)
