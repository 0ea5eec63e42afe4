module Distillation.Keras.FSharp.Tests.TrainingTests

open System.Collections.Generic
open NUnit.Framework
open NumSharp
open TorchSharp
open Distillation.Keras
open Distillation.Keras.Layers
open Distillation.Keras.Losses
open Distillation.Keras.Metrics
open Distillation.Keras.Optimizers
open Distillation.Keras.FSharp.Tests.Data
open Distillation.Keras.Notebook

let private fitted (model: Sequential) (name: string) =
    let history = model.Fit(x, y, verbose = 0)
    Assert.That(history.Contains name, $"The history lacks {name}: %A{history.Names}.")

[<Test>]
let ``metrics are an array, a list or a sequence of names`` () =
    let model = mlp 5
    model.Compile(optimizer = "adam", loss = "mse", metrics = [| "accuracy" |])
    fitted model "accuracy"
    model.Compile(optimizer = "adam", loss = "mse", metrics = [ "accuracy"; "mae" ])
    fitted model "mae"
    model.Compile(optimizer = "adam", loss = "mse", metrics = seq { "mae" })
    fitted model "mae"
    model.Compile("adam", "mse", [ "accuracy" ])
    fitted model "accuracy"

[<Test>]
let ``metrics are objects`` () =
    let model = mlp 5
    model.Compile(optimizer = "adam", loss = "mse", metrics = [ TopKCategoricalAccuracy(2, name = "top_2") :> Metric
                                                                CategoricalAccuracy() ])
    fitted model "top_2"
    model.Compile(optimizer = "adam", loss = "mse", metrics = [| CategoricalAccuracy() |])
    fitted model "categorical_accuracy"
    model.Compile(optimizer = "adam", loss = "mse", metrics = [ TopKCategoricalAccuracy(2, name = "top_2") ])
    fitted model "top_2"

[<Test>]
let ``metrics may be left out, and so may everything else`` () =
    let model = mlp 5
    model.Compile(optimizer = "adam", loss = "mse")
    fitted model "loss"
    model.Compile(loss = "mse")
    fitted model "loss"
    model.Compile(optimizer = "adam", loss = Losses.CategoricalCrossentropy(label_smoothing = 0.1))
    fitted model "loss"
    model.Compile(Adam(0.01), Losses.CategoricalCrossentropy())
    fitted model "loss"
    model.Compile(optimizer = SGD(0.1), loss = "mse", weighted_metrics = [| "accuracy" |])
    fitted model "accuracy"

[<Test>]
let ``fit takes F# arrays`` () =
    let model = compiled 5
    let history = model.Fit(x, y, batch_size = 128, epochs = 2, verbose = 0, validation_data = (x, y))
    Assert.That(history["val_loss"].Count, Is.EqualTo 2)
    Assert.That(history["loss"] |> Seq.forall (fun v -> v > 0.0))
    let doubles = Array2D.map float x
    let weights = Array.create samples 1.0f
    let history = model.Fit(doubles, y, verbose = 0, validation_data = ValidationData(doubles, y, weights), sample_weight = weights)
    Assert.That(history["val_loss"].Count, Is.EqualTo 1)

[<Test>]
let ``fit takes images and integer labels`` () =
    let model = Sequential(Input(6, 6, 1), Conv2D(2, 3), Flatten(), Dense(3, activation = "softmax"))
    model.Compile(optimizer = "adam", loss = "sparse_categorical_crossentropy", metrics = [ "accuracy" ])
    let history = model.Fit(images, labels, epochs = 2, verbose = 0, validation_data = (images, labels))
    Assert.That(history["val_accuracy"].Count, Is.EqualTo 2)
    let logs = model.Evaluate(images, labels)
    Assert.That(logs["loss"], Is.GreaterThan 0.0)

[<Test>]
let ``fit takes NDArrays and tensors`` () =
    let model = compiled 5
    use nx = np.array x
    use ny = np.array y
    let history = model.Fit(nx, ny, verbose = 0, validation_data = (nx, ny))
    Assert.That(history.Contains "val_accuracy")
    use tx = torch.tensor x
    use ty = torch.tensor y
    let history = model.Fit(tx, ty, verbose = 0, validation_data = (tx, ty))
    Assert.That(history.Contains "val_accuracy")
    model.Fit(nx, y, verbose = 0, validation_data = (nx, y), validation_freq = 1) |> ignore
    use p = model.Predict(tx, batch_size = 16)
    Assert.That((p.shape = [| int64 samples; 3L |]))

[<Test>]
let ``fit takes class weights, a split and several inputs`` () =
    let a = Input(shape = 4, name = "a")
    let b = Input(shape = 4, name = "b")
    let model = Model(inputs = [| a; b |], outputs = Dense(3, activation = "softmax").Apply(Concatenate().Apply(a, b)))
    model.Compile(optimizer = "sgd", loss = "categorical_crossentropy")
    let weights = readOnlyDict [ 0, 1.0; 1, 2.0; 2, 0.5 ]
    let inputs = [| x; x |]
    let history = model.Fit(inputs, y, verbose = 0, validation_split = 0.25, class_weight = weights)
    Assert.That(history.Contains "val_loss")
    use nx = np.array x
    let arrays = [| nx; nx |]
    model.Fit(arrays, y, verbose = 0) |> ignore
    let named = Dictionary(dict [ "a", nx; "b", nx ])
    model.Fit(named, y, verbose = 0) |> ignore

[<Test>]
let ``batches, evaluation and prediction take F# arrays`` () =
    let model = compiled 5
    let first = model.TrainOnBatch(x, y)
    let second = model.TestOnBatch(x, y)
    Assert.That(first.Loss, Is.Not.EqualTo second.Loss)
    let logs = model.Evaluate(x, y, batch_size = 16, verbose = 0)
    Assert.That((List.ofSeq logs.Keys = [ "accuracy"; "loss" ]))
    use p = model.Predict x
    Assert.That(p.shape[1], Is.EqualTo 3L)

[<Test>]
let ``the notebook's steps run one by one`` () =
    let teacher = compiled 8
    teacher.Fit(x, y, verbose = 0) |> ignore
    let student = (mlp 4).WithSoftenedOutput(5)
    let targets = DistillationTargets.From(teacher, x, y)
    student.Compile(optimizer = Adadelta(1.0), loss = KnowledgeDistillationLoss.Notebook(1.0, 5.0),
                    metrics = DistillationMetrics.Notebook(5.0))
    let history = student.Fit(x, targets, epochs = 2, verbose = 0)
    Assert.That(history.Contains "soft_logloss")
    student.Compile(optimizer = "adam", loss = KnowledgeDistillationLoss(5.0), metrics = [ DistillationMetrics.Accuracy() ])
    Assert.That(student.Fit(x, targets, verbose = 0).Contains "accuracy")
    Assert.That(teacher.PopSoftmax().CountParams(), Is.EqualTo(teacher.CountParams()))

[<Test>]
let ``a loop of one's own runs on the model's call`` () =
    let model = mlp 5
    use scope = torch.NewDisposeScope()
    let p = model.Call(torch.tensor x, training = true)
    let loss = LossFunctions.CategoricalCrossentropy(torch.tensor y, p).mean()
    loss.backward()
    Assert.That(model.TrainableWeights |> Seq.forall (fun w -> not (isNull w.Value.grad)))

/// A layer with a weight, which computes in the type of its policy.
type ScaledBy(dtype: DTypePolicy) =
    inherit Layer(dtype = dtype)
    let mutable factor: Variable = Unchecked.defaultof<Variable>
    override this.Build(_: Shape) = factor <- this.AddWeight("factor", Shape.Scalar, Initializers.Ones())
    override this.Forward(input, _) = input.mul (this.Autocast factor)
    override _.ComputeOutputShape(shape: Shape) = shape

[<Test>]
let ``a policy is a name, and a layer of one's own follows it`` () =
    let policy = DTypePolicy "mixed_float16"
    Assert.That(struct (policy.VariableType, policy.ComputeType), Is.EqualTo(struct (torch.float32, torch.float16)))
    let layer = ScaledBy policy
    use y = layer.Call(torch.ones (2, 3))
    Assert.That(y.dtype, Is.EqualTo torch.float16)
    Assert.That(layer.Weights[0].DType, Is.EqualTo torch.float32)

[<Test>]
let ``a model in mixed precision trains with its loss scaled`` () =
    let model =
        Sequential([ Input(5) :> Layer; Dense(8, activation = "relu", dtype = "mixed_float16"); Dense(3, dtype = "mixed_float16")
                     Softmax(dtype = "float32") ])
    model.Compile(Adam(0.01), "sparse_categorical_crossentropy")
    Assert.That(model.Optimizer, Is.TypeOf<LossScaleOptimizer>())
    let x = Array2D.init 8 5 (fun i j -> float32 ((i + j) % 3))
    let y = Array.init 8 (fun i -> i % 3)
    let history = model.Fit(x, y, epochs = 5, verbose = 0)
    Assert.That(history["loss"][4], Is.LessThan(history["loss"][0]))

[<Test>]
let ``a device is a name or one of TorchSharp's`` () =
    let model = compiled 5
    model.Fit(x, y, verbose = 0, device = "cpu") |> ignore
    model.Evaluate(x, y, device = "cpu:0") |> ignore
    use predicted = model.Predict(x, device = torch.CPU)
    model.To("cpu").To(Device.Cpu) |> ignore
    Assert.That(model.Weights |> Seq.forall (fun w -> w.Device = Device.Cpu))
    Assert.That(int predicted.shape[0], Is.EqualTo samples)
    Assert.That((Device.Parse "cuda:1").ToString(), Is.EqualTo "cuda:1")
    Assert.That(System.Action(fun () -> model.To("gpu") |> ignore), Throws.ArgumentException.With.Message.Contains "\"gpu\" was given")

[<Test>]
let ``a metric goes where a loop of one's own computes`` () =
    let metric = MeanSquaredError().To("cpu")
    Assert.That(metric.Variables |> Seq.forall (fun v -> v.Device = Device.Cpu))

[<Test>]
let ``a penalty on what a layer computes is an argument, a property, or left out`` () =
    let data = array2D [ [ 1f; -3f ]; [ 2f; 2f ] ]

    let loss (layers: Layer list) =
        let model = Sequential(layers)
        model.Compile(optimizer = SGD(0.0), loss = "mse")
        model.Evaluate(data, data)["loss"]

    let eye = Initializers.Identity()
    Assert.That(loss [ Input 2; Dense(2, kernel_initializer = eye) ], Is.EqualTo(0.0).Within 1e-6)

    Assert.That(loss [ Input 2; Dense(2, kernel_initializer = eye, activity_regularizer = "l1") ], Is.EqualTo(0.01 * 8.0 / 2.0).Within 1e-6)

    let both: Layer list =
        [ Input 2
          Dense(2, kernel_initializer = eye, activity_regularizer = Regularizers.L2 0.5)
          Dropout(0.5, ActivityRegularizer = Regularizers.L1 0.25) ]

    Assert.That(loss both, Is.EqualTo((0.5 * 18.0 + 0.25 * 8.0) / 2.0).Within 1e-6)

[<Test>]
let ``a kernel is adapted by an argument or afterwards`` () =
    let dense = Dense(3, lora_rank = 2, lora_alpha = 4.0)
    let other = Conv1D(3, 2)
    let model = Sequential(Input(5, 2), other, dense)
    other.EnableLora(1, b_initializer = "ones")
    Assert.That(model.TrainableWeights.Count, Is.EqualTo 6)
    Assert.That(dense.LoraAlpha, Is.EqualTo(System.Nullable 4.0))
