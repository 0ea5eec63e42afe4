/// Small data with a rule that a model can learn: the class is the place of the largest of the first three features.
module Distillation.Keras.FSharp.Tests.Data

open System
open Distillation.Keras
open Distillation.Keras.Layers

let samples = 48

let x: float32[,] =
    let random = Random 7
    Array2D.init samples 4 (fun _ _ -> random.NextSingle())

let labels: int[] = [| for i in 0 .. samples - 1 -> Seq.maxBy (fun j -> x[i, j]) [ 0; 1; 2 ] |]

let y: float32[,] = Array2D.init samples 3 (fun i j -> if labels[i] = j then 1.0f else 0.0f)

let images: float32[,,,] = Array4D.init samples 6 6 1 (fun i h w _ -> x[i, (h + w) % 4])

let mlp (width: int) =
    Sequential(Input(4), Dense(width, activation = "relu"), Dense(3, activation = "softmax"))

let compiled (width: int) =
    let model = mlp width
    model.Compile(optimizer = "adam", loss = "categorical_crossentropy", metrics = [| "accuracy" |])
    model
